import { fork } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import PostalMime from 'postal-mime'
import { SYSTEM } from '../../api/actions/acting.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { databaseClock } from '../../api/clock.ts'
import { silentLog } from '../../api/log.ts'
import { loadTemplates } from '../../api/templates.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { openEmbedded } from '../../db/embedded.ts'
import { migrate } from '../../db/migrate.ts'
import type { MailerPlan, PeerLetter } from './mailer.ts'
import type { Row } from './row.ts'
import { heard, type Sink, startSink } from './sink-process.ts'

const TEMPLATES = join(import.meta.dirname, '../../templates')
/** `READERS=20000 npm run bench -- delivering` is a shorter run. */
const READERS = Number(process.env.READERS ?? 100_000)
/** Enough to be past the warm-up, few enough that a run ends. */
const PEER_MESSAGES = 8_000
const SIGNED_READERS = READERS / 5
const CONNECTIONS = 10

/** What sending costs beside the mail library, to the same server in the same run. */
export async function deliveringRows(): Promise<Row[]> {
  const sink = await startSink()
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  await chmod(folder, 0o755)
  const embedded = await openEmbedded({ dataDir: folder, as: 'service', log: silentLog() })
  const db = openDatabase(embedded.connection, 'sitrep bench')
  const ledger = { connection: embedded.connection, templates: TEMPLATES, folder: join(folder, 'mailbox') }
  try {
    await migrate(db)
    const letter = await letterOf(db, sink, ledger)
    await makeReaders(db, READERS)
    const peers = { before: await peersOf(sink, letter), after: await peersOf(sink, letter) }
    const mean = (way: keyof typeof peers.before) => (peers.before[way] + peers.after[way]) / 2
    const plain = await measure(db, sink, ledger, { readers: READERS, signed: false, workers: 1 })
    const two = await measure(db, sink, ledger, { readers: READERS, signed: false, workers: 2 })
    await db.execute(sql`update subscribers set state = 'ended', ended_at = now() where id in (
      select id from subscribers order by id limit ${READERS - SIGNED_READERS})`)
    const signed = await measure(db, sink, ledger, { readers: SIGNED_READERS, signed: true, workers: 1 })
    return [
      {
        what: `${READERS} readers: post → every row of the ledger`,
        figure: `${plain.rows.toFixed(1)} s`,
        limit: '5 s',
      },
      { what: 'mails a second, one worker', figure: plain.rate.toFixed(0), limit: '' },
      { what: '÷ the library composing each', figure: (plain.rate / mean('composed')).toFixed(2), limit: '≥ 2' },
      { what: '÷ the library sending `raw`', figure: (plain.rate / mean('raw')).toFixed(2), limit: '≥ 0.85' },
      {
        what: 'signed with RSA-2048 ÷ the library signing',
        figure: (signed.rate / mean('signed')).toFixed(2),
        limit: '≥ 2.5',
      },
      { what: 'two workers ÷ one', figure: (two.rate / plain.rate).toFixed(2), limit: '> 1 where a core is free' },
      { what: 'memory of the worker at its most', figure: `${plain.memory.toFixed(0)} MiB`, limit: '300 MiB' },
      { what: 'its second half ÷ its first half', figure: plain.growth.toFixed(2), limit: 'flat' },
    ]
  } finally {
    await closeDatabase(db)
    await embedded.stop()
    sink.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeReaders(db: Database, count: number): Promise<void> {
  await db.execute(sql`
    insert into subscribers (id, channel, address, address_key, state, confirmed_at)
    select new_id(), 'email', 'u' || n || '@customer.example', 'u' || n || '@customer.example', 'active', now()
    from generate_series(1, ${count}::int) as n`)
  await db.execute(sql`analyze subscribers`)
}

/** What Sitrep sends in this run: the library is measured with the very same mail. */
async function letterOf(db: Database, sink: Sink, ledger: NonNullable<MailerPlan['ledger']>): Promise<PeerLetter> {
  await makeReaders(db, 1)
  const source = sink.takes('MIME-Version')
  const child = await startWorker(sink, ledger, false, [])
  await post(db)
  const raw = await source
  child.kill()
  await db.execute(sql`delete from deliveries`)
  await db.execute(sql`delete from subscribers`)
  const { subject, text, html, headers } = await PostalMime.parse(raw)
  const kept = headers.filter(({ key }) => /^(list-|precedence|auto-submitted)/.test(key))
  return {
    subject: subject!,
    text: text!,
    html: html!,
    headers: Object.fromEntries(kept.map(({ originalKey, value }) => [originalKey, value])),
    raw,
  }
}

/** Messages a second of the mail library, by how it is used. */
async function peersOf({ port }: Sink, letter: PeerLetter): Promise<Record<'composed' | 'raw' | 'signed', number>> {
  const run = async (way: 'composed' | 'raw', signed: boolean, messages: number) => {
    const child = fork(join(import.meta.dirname, 'mailer.ts'))
    child.send({ port, connections: CONNECTIONS, signed, peer: { messages, way, letter } } satisfies MailerPlan)
    const { done } = await heard<{ done: number }>(child)
    return messages / done
  }
  return {
    composed: await run('composed', false, PEER_MESSAGES),
    raw: await run('raw', false, PEER_MESSAGES),
    signed: await run('composed', true, PEER_MESSAGES / 2),
  }
}

interface Measured {
  /** Seconds from the post until every reader has a row. */
  rows: number
  /** Mails a second while all are sent. */
  rate: number
  /** MiB at its most, and how the second half compares with the first. */
  memory: number
  growth: number
}

async function measure(
  db: Database,
  sink: Sink,
  ledger: NonNullable<MailerPlan['ledger']>,
  { readers, signed, workers }: { readers: number; signed: boolean; workers: number },
): Promise<Measured> {
  const memory: number[] = []
  const children = await Promise.all(Array.from({ length: workers }, () => startWorker(sink, ledger, signed, memory)))
  const before = await sink.taken()
  const began = performance.now()
  await post(db)
  const rows = await until(db, sql`select 1 from announcements where fanned_out_at is null`)
  const inLedger = (rows - began) / 1000
  while ((await sink.taken()) - before < readers) await pause(20)
  const rate = readers / ((performance.now() - began) / 1000)
  for (const child of children) child.kill()
  const half = Math.floor(memory.length / 2)
  return {
    rows: inLedger,
    rate,
    memory: Math.max(...memory),
    growth: Math.max(...memory.slice(half)) / Math.max(...memory.slice(0, half)),
  }
}

async function startWorker(sink: Sink, ledger: NonNullable<MailerPlan['ledger']>, signed: boolean, memory: number[]) {
  const preloaded = ['--import', join(import.meta.dirname, '../../db/quick-imports.ts')]
  const child = fork(join(import.meta.dirname, 'mailer.ts'), { execArgv: preloaded })
  child.send({ port: sink.port, connections: CONNECTIONS, signed, ledger } satisfies MailerPlan)
  await heard(child)
  child.on('message', (said: { memory?: number }) => said.memory && memory.push(said.memory))
  return child
}

const post = (db: Database) =>
  openIncident(
    {
      db,
      clock: databaseClock,
      templates: loadTemplates(TEMPLATES),
      secrets: ['a secret that only this run knows, long enough'],
      urls: { site: 'https://status.northwind.example', api: 'https://status.northwind.example' },
      webhookAllow: [],
      actor: SYSTEM,
    },
    {
      title: 'Sign-in fails',
      severity: 'SEV4',
      body: 'Some customers cannot sign in. We are looking into it. '.repeat(8),
    },
  )

/** When the query first answers nothing. */
async function until(db: Database, query: ReturnType<typeof sql>): Promise<number> {
  while ((await db.execute(query)).length > 0) await pause(20)
  return performance.now()
}
