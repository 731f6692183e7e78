import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Acting } from '../../api/actions/acting.ts'
import { addComponent } from '../../api/actions/add-component.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { readConfig } from '../../api/config.ts'
import { silentLog } from '../../api/log.ts'
import { startService } from '../../api/service.ts'
import { freePort } from '../support/port.ts'
import { type Row, share, spread } from './row.ts'
import { type Sink, startSink } from './sink-process.ts'

const CROWD = 100_000
const POSTS = 30
const WARM_UP = 5

/** How soon the first mail of a SEV1 is taken: with nothing else to do, and with the mails of a SEV4 to a crowd under way. */
export async function urgentRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  await chmod(folder, 0o755)
  const sink = await startSink()
  const port = await freePort()
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: folder,
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'status@northwind.example',
  })
  const made = { key: '', small: '', grave: '' }
  const seed = async (acting: Acting) => {
    made.small = (await addComponent(acting, { name: 'Reports' })).id
    made.grave = (await addComponent(acting, { name: 'Sign-in' })).id
    made.key = (await makeKey(acting, { name: 'bench', role: 'admin' })).key
    await makeReaders(acting, 'crowd', made.small, CROWD)
    await makeReaders(acting, 'few', made.grave, 50)
  }
  const service = await startService(config, { log: silentLog(), seed })
  const ask = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${made.key}`, 'content-type': 'application/json' }
    const answer = await fetch(`http://localhost:${port}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    return (await answer.json()) as { id: string }
  }
  try {
    const quiet = await measure(ask, sink, made.grave, 'quiet')
    await ask('/incidents', { title: 'Reports', severity: 'SEV4', body: 'Slow.', components: [{ id: made.small }] })
    while ((await sink.taken()) < CROWD / 50);
    const busy = await measure(ask, sink, made.grave, 'busy')
    const left = CROWD + 2 * (POSTS + WARM_UP) * 50 - (await sink.taken())
    return [
      { what: 'SEV1 post → first mail accepted, nothing else to send', figure: spread(quiet), limit: 'p95 1 s' },
      {
        what: `the same while ${CROWD} mails of a SEV4 are sent (${left} left at the end)`,
        figure: spread(busy),
        limit: 'p95 1 s',
      },
      { what: 'p95 ÷ p95', figure: (share(busy, 0.95) / share(quiet, 0.95)).toFixed(2), limit: '1.5' },
    ]
  } finally {
    await service.stop()
    sink.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeReaders({ db }: Acting, name: string, componentId: string, count: number): Promise<void> {
  await db.execute(sql`
    insert into subscribers (id, channel, address, address_key, state, confirmed_at, component_ids)
    select new_id(), 'email', ${name} || n || '@customer.example', ${name} || n || '@customer.example', 'active', now(),
           array[${componentId}]
    from generate_series(1, ${count}::int) as n`)
}

async function measure(
  ask: (path: string, body: object) => Promise<{ id: string }>,
  sink: Sink,
  componentId: string,
  name: string,
): Promise<number[]> {
  const components = [{ id: componentId }]
  const { id } = await ask('/incidents', { title: `Sign-in ${name}`, severity: 'SEV1', body: 'It fails.', components })
  const taken: number[] = []
  for (let n = 0; n < WARM_UP + POSTS; n += 1) {
    const word = `${name}${n}end`
    const accepted = sink.takes(word)
    const began = performance.now()
    await ask(`/incidents/${id}/updates`, { body: `Said ${word}.` })
    await accepted
    if (n >= WARM_UP) taken.push(performance.now() - began)
  }
  return taken
}
