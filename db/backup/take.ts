import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '../client.ts'
import { appliedMigrations } from '../migrate.ts'
import { inBlocks, line, tally } from './frames.ts'
import { columnsIn, copied, keptTables } from './tables.ts'

/** The form of the file; raised when an older Sitrep could not read a newer file. */
export const FORMAT = 1

/** What became of a backup. */
export interface Taken {
  takenAt: Date
  tables: number
  rows: number
}

/**
 * Yields a whole backup, of one instant, while everybody works on: one transaction reads all tables by COPY. `seals` are
 * fingerprints of the secrets with which values in the database are sealed; the secrets themselves are not in it.
 * `onTaken` is told when the last frame is ready.
 */
export async function* takeBackup(
  db: Database,
  seals: readonly string[],
  onTaken: (taken: Taken) => void = () => {},
): AsyncGenerator<Buffer> {
  const reading = await openReading(db)
  try {
    const takenAt = await instantOf(reading.tx)
    yield line({
      sitrep_backup: FORMAT,
      taken_at: takenAt.toISOString(),
      migrations: await appliedMigrations(reading.tx),
      seals,
    })
    const columns = await columnsIn(reading.tx)
    const tables = keptTables().filter((table) => columns.has(table))
    let rows = 0
    for (const table of tables) {
      yield line({ table, columns: columns.get(table) })
      const counted = tally()
      for await (const block of inBlocks(reading.copy(`${copied(table, columns.get(table)!)} to stdout`))) {
        counted.add(block)
        yield line({ bytes: block.length })
        yield block
      }
      const sum = counted.sum()
      rows += sum.rows
      yield line(sum)
    }
    yield line({ end: true, sequences: await sequencesOf(reading.tx) })
    await reading.done()
    onTaken({ takenAt, tables: tables.length, rows })
  } finally {
    reading.abandon()
  }
}

/** One snapshot for as long as somebody reads; the driver hands out a transaction's connection only within a callback. */
export async function openReading(db: Database) {
  const opened = Promise.withResolvers<{ tx: Transaction; copy: (what: string) => Rows }>()
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const over = db
    .transaction(
      async (tx) => {
        const copy = (what: string) => copyOf(tx, what)
        opened.resolve({ tx, copy })
        await closed
      },
      { isolationLevel: 'repeatable read', accessMode: 'read only' },
    )
    .catch(opened.reject)
  const reading = await opened.promise
  return {
    ...reading,
    /** Whoever stops in the middle of a table leaves a connection that ends with its pool: nothing waits for it. */
    abandon: close,
    done: () => {
      close()
      return over
    },
  }
}

type Rows = AsyncGenerator<Buffer>

async function* copyOf(tx: Transaction, what: string): Rows {
  yield* await clientOf(tx).unsafe(`copy ${what}`).readable()
}

/** The driver's own handle of a transaction: drizzle has no COPY. */
export const clientOf = (tx: Transaction) =>
  (tx as unknown as { session: { client: Database['$client'] } }).session.client

async function instantOf(tx: Transaction): Promise<Date> {
  const [row] = await tx.execute<{ now: string }>(sql`select sitrep_now() as now`)
  return new Date(row!.now)
}

/** Where the numbers of our tables stand. A sequence is outside of any snapshot: it may be ahead, never behind. */
async function sequencesOf(tx: Transaction): Promise<Record<string, number>> {
  const rows = await tx.execute<{ name: string; value: string }>(sql`
    select sequencename as name, last_value as value from pg_sequences
    where schemaname = 'public' and last_value is not null order by 1`)
  return Object.fromEntries(rows.map(({ name, value }) => [name, Number(value)]))
}
