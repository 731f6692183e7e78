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

/** `npm run bench`: what one post costs on this machine, whole service, embedded database, real SMTP on loopback. */
const POSTS = 60
const WARM_UP = 10

interface Measured {
  files: number[]
  mail: number[]
}

const milliseconds = (values: number[], share: number): string =>
  `${values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * share))]!.toFixed(0)} ms`

async function main(): Promise<void> {
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
    print(await measure(`http://localhost:${port}`, key, join(folder, 'site'), letters))
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

function print({ files, mail }: Measured): void {
  const row = (name: string, values: number[]) =>
    `| ${name} | ${milliseconds(values, 0.5)} | ${milliseconds(values, 0.95)} |`
  process.stdout.write(
    [
      `${POSTS} posts to one incident, 30 components, 2 mail subscribers; from before the request`,
      '',
      '| | median | p95 |',
      '| --- | --: | --: |',
      row('post → every file in place', files),
      row('post → first mail accepted by SMTP', mail),
      '',
    ].join('\n'),
  )
}

await main()
