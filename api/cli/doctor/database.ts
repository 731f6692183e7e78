import { sql } from 'drizzle-orm'
import { appliedMigrations, knownMigrations, OLDEST_SERVER, unknownChanges } from '../../../db/migrate.ts'
import { heldRestore, waitingToBeSent } from '../../../db/queries/restores.ts'
import { hearsItself } from '../../../db/queries/wake.ts'
import { CLOCKS_MAY_DIFFER, secondsAhead } from '../../clock.ts'
import { about, type Finding } from '../../domain/finding.ts'
import { olderThanDatabase } from '../../domain/older.ts'
import { UNHEARD } from '../../domain/unheard.ts'
import type { Patient } from './patient.ts'

/** Connections of one process; so many have to be free for the next one. */
const NEXT_PROCESS = 20

/** Version, schema, connections, whether it wakes us, clocks, and whether it is held after a restore. */
export async function examineDatabase(patient: Patient): Promise<Finding[]> {
  try {
    const server = await examineServer(patient)
    const schema = await examineSchema(patient)
    const rest = [await examineWaking(patient), await examineClock(patient)]
    return [...server, ...schema, ...rest, ...(await examineHold(patient, schema))]
  } catch (error) {
    const { fail } = about('database')
    return [fail(`It does not answer: ${(error as Error).message}`, 'Start it, or correct DATABASE_URL.')]
  }
}

async function examineServer({ db }: Patient): Promise<Finding[]> {
  const { ok, warn, fail } = about('database')
  const [row] = await db.execute<{ version: string; number: number; most: number; used: number }>(sql`
    select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
           current_setting('max_connections')::int as most,
           (select count(*)::int from pg_stat_activity where backend_type = 'client backend') as used`)
  const { version, number, most, used } = row!
  const about15 = `PostgreSQL ${version}`
  return [
    number >= OLDEST_SERVER * 10_000
      ? ok(`${about15}.`)
      : fail(`${about15} is too old.`, `Upgrade it to ${OLDEST_SERVER} or later.`),
    most - used >= NEXT_PROCESS
      ? ok(`${used} of ${most} connections are in use.`)
      : warn(
          `${used} of ${most} connections are in use; one process takes up to ${NEXT_PROCESS}.`,
          'Raise max_connections.',
        ),
  ]
}

async function examineSchema({ db }: Patient): Promise<Finding[]> {
  const { ok, warn, fail } = about('schema')
  const known = knownMigrations()
  const unknown = await unknownChanges(db, known)
  const missing = known.length - ((await appliedMigrations(db)).length - unknown)
  if (unknown > 0) return [fail(olderThanDatabase(unknown), 'Run the newer version of Sitrep that made them.')]
  if (missing > 0)
    return [warn(`${missing} changes of the schema are missing.`, 'Run: sitrep migrate (each start does so too).')]
  return [ok(`All ${known.length} changes are there.`)]
}

async function examineWaking({ db }: Patient): Promise<Finding> {
  const { ok, warn } = about('notify')
  return (await hearsItself(db)) ? ok('What is posted wakes every process at once.') : warn(UNHEARD.text, UNHEARD.mend)
}

/** Results do not depend on a node's clock, but webhooks' signatures and TLS do. */
async function examineClock({ db, machineNow }: Patient): Promise<Finding> {
  const { ok, warn } = about('clock')
  const apart = await secondsAhead(db, machineNow)
  if (Math.abs(apart) <= CLOCKS_MAY_DIFFER) return ok("This machine's clock and the database's agree.")
  const way = apart > 0 ? 'behind' : 'ahead of'
  return warn(`This machine's clock is ${Math.abs(apart).toFixed(1)} s ${way} the database's.`, 'Set both by NTP.')
}

async function examineHold({ db }: Patient, schema: readonly Finding[]): Promise<Finding[]> {
  if (schema.some(({ level }) => level !== 'ok')) return []
  const held = await heldRestore(db)
  if (!held) return []
  const { messages } = await waitingToBeSent(db)
  const of = held.takenAt.toISOString()
  return [
    about('restored').fail(
      `Filled from a backup of ${of} and not released: nothing is sent, published or alerted; ${messages} messages wait.`,
      'Look at what is open, then: sitrep release (or release --drop-waiting).',
    ),
  ]
}
