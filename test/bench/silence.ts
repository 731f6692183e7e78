import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { databaseClock } from '../../api/clock.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { untilNextDue } from '../../db/queries/due.ts'
import { wake } from '../../db/queries/wake.ts'
import { actingAs } from '../support/acting.ts'
import { openCluster } from '../support/faults/cluster.ts'
import { openMany, setDeadlines } from '../support/many-open.ts'
import { freePort } from '../support/port.ts'
import { type Row, share, spread } from './row.ts'
import { type Sink, startSink } from './sink-process.ts'

const OPEN = 10_000
const SWEEPS = 50
const WARM_UP = 5
const PROCESSES = 4
const DEADLINES = 1_000
/** The deadlines lie that far apart, in milliseconds: forty seconds in all. */
const APART = 40
/** Until the first of them, so that everybody is awake by then. */
const FIRST_AFTER = 5_000

/** What watching over ten thousand open incidents costs, and how late an alert is when four processes watch. */
export async function silenceRows(): Promise<Row[]> {
  const cluster = await openCluster({ fsync: 'on' })
  const { url, connection } = await cluster.database()
  const db = openDatabase(connection, 'sitrep bench', 4)
  const sink = await startSink()
  try {
    // The clock of tests looks into a table; this is the service's own.
    await db.execute(sql`create or replace function sitrep_now() returns timestamptz language sql volatile as
      $$ select date_trunc('milliseconds', clock_timestamp()) $$`)
    await openMany(db, OPEN)
    const idle = await sweeps(db)
    const hundred = await sweepOf(db, 100)
    const late = await lateness(db, url, sink)
    return [
      { what: `a sweep over ${OPEN} open incidents, nothing due`, figure: spread(idle), limit: '200 ms' },
      { what: 'the same, 100 rungs due at once', figure: `${hundred.toFixed(0)} ms`, limit: '200 ms' },
      {
        what: `deadline → alert accepted by SMTP, ${PROCESSES} processes, ${late.length} of ${DEADLINES} deadlines ${APART} ms apart`,
        figure: `${spread(late)}, p99 ${share(late, 0.99).toFixed(0)} ms`,
        limit: 'p99 3 s',
      },
    ]
  } finally {
    sink.close()
    await closeDatabase(db)
    await cluster.stop()
  }
}

/** As the service sweeps: late promises, rungs, and when to look again. */
async function sweep(db: Database): Promise<number> {
  const acting = actingAs(db, databaseClock)
  const began = performance.now()
  await markLate(acting)
  await alertSilence(acting)
  await untilNextDue(db)
  return performance.now() - began
}

async function sweeps(db: Database): Promise<number[]> {
  const took: number[] = []
  for (let n = 0; n < WARM_UP + SWEEPS; n += 1) {
    const each = await sweep(db)
    if (n >= WARM_UP) took.push(each)
  }
  return took
}

/** One sweep in which so many reminders are due. */
async function sweepOf(db: Database, due: number): Promise<number> {
  await db.execute(sql`update incidents set next_rung_at = sitrep_now() where id in (
    select id from incidents where next_rung_at > sitrep_now() limit ${due})`)
  return sweep(db)
}

/** Milliseconds from each deadline until the mail server had taken the alert and that was recorded. */
async function lateness(db: Database, url: string, sink: Sink): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-bench-'))
  const settings = {
    ROLES: 'worker',
    DATABASE_URL: url,
    SECRET: 'a secret for benchmarks that is long enough',
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'status@northwind.example',
  }
  const workers: ChildProcess[] = []
  try {
    for (let n = 0; n < PROCESSES; n += 1)
      workers.push(
        await startProcess({ ...settings, DATA_DIR: join(folder, String(n)), PORT: String(await freePort()) }),
      )
    await setDeadlines(db, DEADLINES, { after: FIRST_AFTER, apart: APART })
    await wake(db, 'cadence')
    const fromFirst = sql`from alerts a join announcements n on n.alert_id = a.id
      join deliveries d on d.announcement_id = n.id where a.rung = 'due' and d.accepted_at is not null`
    const giveUp = performance.now() + FIRST_AFTER + DEADLINES * APART + 30_000
    for (;;) {
      const [row] = await db.execute<{ n: number }>(sql`select count(*)::int as n ${fromFirst}`)
      if (row!.n >= DEADLINES || performance.now() > giveUp) break
      await pause(500)
    }
    const rows = await db.execute<{ late: number }>(
      sql`select extract(epoch from d.accepted_at - a.due_at)::float8 * 1000 as late ${fromFirst}`,
    )
    return rows.map(({ late }) => late)
  } finally {
    await Promise.all(workers.map(end))
    await rm(folder, { recursive: true, force: true })
  }
}

/** One more process of the service; resolves when it is ready. */
async function startProcess(settings: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', './db/quick-imports.ts', 'api/main.ts'], {
    cwd: join(import.meta.dirname, '../..'),
    env: { PATH: process.env.PATH, LOG_LEVEL: 'error', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGINT')
  await once(child, 'exit')
}
