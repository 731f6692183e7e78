import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Acting } from '../../api/actions/acting.ts'
import { readConfig } from '../../api/config.ts'
import { northwind } from '../../api/demo/story.ts'
import { tell } from '../../api/demo/tell.ts'
import { silentLog } from '../../api/log.ts'
import { startService } from '../../api/service.ts'
import { freePort } from '../support/port.ts'
import { type Row, spread } from './row.ts'

const VISITS = 40
const WARM_UP = 5
const PASSWORD = 'bench, only bench'
const SCREENS = ['', '/declare', '/maintenance', '/components', '/people', '/cadence', '/metrics', '/subscribers']

/** What a screen of the console takes the server, with ninety days of the demo's history and an incident under way. */
export async function consoleRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const company = northwind()
  const seed = (acting: Acting) => tell(acting, company, PASSWORD)
  const service = await startService(readConfig({ PORT: String(port), DATA_DIR: folder }), { log: silentLog(), seed })
  const url = `http://localhost:${port}/console`
  try {
    const cookie = await signIn(url, company.admin.email)
    const home = await visit(url, cookie)
    const room = /\/incidents\/[a-z0-9]{12}/.exec(home.text)![0]
    const rows: Row[] = []
    for (const screen of [...SCREENS, room]) {
      const took: number[] = []
      for (let n = 0; n < WARM_UP + VISITS; n += 1) took.push((await visit(url + screen, cookie)).took)
      const what = screen === room ? 'the room' : `/console${screen}`
      rows.push({ what: `${what}, to its last byte`, figure: spread(took.slice(WARM_UP)), limit: 'p95 100 ms' })
    }
    return rows
  } finally {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function signIn(url: string, email: string): Promise<string> {
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(url).origin },
    body: new URLSearchParams({ email, password: PASSWORD }),
  })
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ')
}

async function visit(url: string, cookie: string): Promise<{ took: number; text: string }> {
  const began = performance.now()
  const answer = await fetch(url, { headers: { cookie } })
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}.`)
  return { took: performance.now() - began, text }
}
