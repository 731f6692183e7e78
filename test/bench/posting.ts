import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import type { Acting } from '../../api/actions/acting.ts'
import { addComponent } from '../../api/actions/add-component.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { readConfig } from '../../api/config.ts'
import { northwind } from '../../api/demo/story.ts'
import { tell } from '../../api/demo/tell.ts'
import { silentLog } from '../../api/log.ts'
import { startService } from '../../api/service.ts'
import { freePort } from '../support/port.ts'
import { type Row, spread } from './row.ts'

const POSTS = 60
const WARM_UP = 10

interface Measured {
  files: number[]
  mail: number[]
}

/** What one post costs, whole service, embedded database, real SMTP on loopback, two mail subscribers. */
export async function postingRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  await chmod(folder, 0o755)
  const letters = sink()
  const port = await freePort()
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: folder,
    SMTP_URL: `smtp://127.0.0.1:${await letters.port}`,
    MAIL_FROM: 'status@northwind.example',
  })
  let key = ''
  const seed = async (acting: Acting) => {
    await tell(acting, northwind(), 'bench, only bench')
    for (let n = 0; n < 22; n += 1) await addComponent(acting, { name: `Component ${n}` })
    key = (await makeKey(acting, { name: 'bench', role: 'admin' })).key
  }
  const service = await startService(config, { log: silentLog(), seed })
  try {
    const { files, mail } = await measure(`http://localhost:${port}`, key, join(folder, 'site'), letters)
    return [
      { what: 'post → the home page in place', figure: spread(files), limit: '' },
      { what: 'post → first mail accepted by SMTP', figure: spread(mail), limit: '' },
    ]
  } finally {
    await service.stop()
    await letters.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(url: string, key: string, site: string, letters: ReturnType<typeof sink>): Promise<Measured> {
  const ask = async (path: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers }
    return (await (await fetch(`${url}/api/v1${path}`, init)).json()) as { id: string; data: { id: string }[] }
  }
  const { id } = (await ask('/incidents?state=open')).data[0]!
  const measured: Measured = { files: [], mail: [] }
  for (let n = 0; n < WARM_UP + POSTS; n += 1) {
    const words = `Measured word number ${n}.`
    const began = performance.now()
    const accepted = letters.next(words)
    await ask(`/incidents/${id}/updates`, { body: words })
    await inPlace(join(site, 'index.html'), words)
    const files = performance.now() - began
    const mail = (await accepted) - began
    if (n >= WARM_UP) {
      measured.files.push(files)
      measured.mail.push(mail)
    }
  }
  return measured
}

/** The home page is written last: when it holds the words, every file does. */
async function inPlace(file: string, words: string): Promise<void> {
  while (!(await readFile(file, 'utf8')).includes(words)) await nextTurn()
}

/** A mail server that takes everything and tells when it took which words. */
function sink() {
  const waiting = new Map<string, (at: number) => void>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    async onData(stream, _session, done) {
      let text = ''
      for await (const chunk of stream) text += chunk
      done()
      for (const [words, resolve] of waiting) if (text.includes(words)) resolve(performance.now())
    },
  })
  const port = new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.server.address() as AddressInfo).port))
  })
  return {
    port,
    next: (words: string) => new Promise<number>((resolve) => waiting.set(words, resolve)),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
