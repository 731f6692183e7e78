import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { askedByImports, type Taken, takeBatch } from './import-batch.ts'
import { type Choosable, choosable, type ImportRow, type RowError, readRow } from './import-rows.ts'
import { type FileFormat, type FileRecord, recordsIn } from './subscriber-file.ts'

/** What an import did, or would do. `skipped` counts every row that was not taken; `errors` says why, of the first ones. */
export interface Imported {
  created: number
  updated: number
  /** Asked to confirm first. */
  pending: number
  skipped: number
  errors: RowError[]
}

/** Rows that go into one transaction. */
const BATCH = 500
/** A file may have this many rows; more go into several files. */
const MOST_ROWS = 250_000
/** So many errors are told in full; the rest is counted. */
const MOST_ERRORS = 10_000

/**
 * Takes subscribers from a file, in batches that each commit by themselves: who is interrupted runs it again, and what
 * was taken counts as updated then. A file that cannot be read to its end changes nothing. With `dryRun` everything is
 * done and taken back.
 */
export async function importSubscribers(
  acting: Acting,
  file: { path: string; format: FileFormat },
  dryRun: boolean,
): Promise<Imported> {
  const rows = await countRows(recordsIn(file.path, file.format))
  if (!dryRun) await note(acting, 'subscribers.import_begun', { rows })
  const done: Imported = { created: 0, updated: 0, pending: 0, skipped: 0, errors: [] }
  const { webhookAllow } = acting
  const now = await acting.clock(acting.db)
  const reading: Reading = { names: await choosable(acting), now, webhookAllow, seen: new Set() }
  const before = await acting.db.transaction((tx) => askedByImports(tx, reading.now))
  for await (const batch of batchesOf(recordsIn(file.path, file.format))) {
    const { read, refused } = readBatch(batch, reading)
    const asked = before + done.pending
    add(done, { created: 0, updated: 0, pending: 0, refused })
    add(done, await commit(acting, dryRun, (tx) => takeBatch(tx, acting, read, asked)))
  }
  const { errors, ...counts } = done
  if (!dryRun) await note(acting, 'subscribers.imported', counts)
  return { ...done, errors: errors.toSorted((one, other) => one.row - other.row) }
}

async function countRows(records: AsyncIterable<FileRecord>): Promise<number> {
  let rows = 0
  for await (const _ of records) {
    rows += 1
    if (rows > MOST_ROWS) throw new Refusal('too_large', `A file may have at most ${MOST_ROWS} rows. Split it.`)
  }
  if (rows === 0) throw new Refusal('invalid', 'The file holds no rows: use a table with a first line, or a list.')
  return rows
}

async function* batchesOf(records: AsyncIterable<FileRecord>): AsyncIterable<FileRecord[]> {
  let batch: FileRecord[] = []
  for await (const record of records) {
    batch.push(record)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

interface Reading {
  names: Choosable
  now: Date
  webhookAllow: readonly string[]
  /** Addresses that had their row: a second one would make the order of rows matter. */
  seen: Set<string>
}

function readBatch(batch: readonly FileRecord[], { seen, ...reading }: Reading) {
  const read: ImportRow[] = []
  const refused: RowError[] = []
  for (const record of batch) {
    const row = readRow(record, reading)
    const name = 'error' in row ? '' : `${row.channel} ${row.address.key}`
    if ('error' in row) refused.push(row.error)
    else if (seen.has(name))
      refused.push({ row: row.row, code: 'duplicate', message: 'An earlier row has this address.' })
    else read.push(row)
    seen.add(name)
  }
  return { read, refused }
}

function add(done: Imported, { created, updated, pending, refused }: Taken): void {
  done.created += created
  done.updated += updated
  done.pending += pending
  done.skipped += refused.length
  done.errors.push(...refused.slice(0, MOST_ERRORS - done.errors.length))
}

/** Ends the transaction of a dry run with its result. */
class Undone extends Error {
  readonly taken: Taken
  constructor(taken: Taken) {
    super('a dry run')
    this.taken = taken
  }
}

async function commit(acting: Acting, dryRun: boolean, work: (tx: Transaction) => Promise<Taken>): Promise<Taken> {
  try {
    return await acting.db.transaction(async (tx) => {
      const taken = await work(tx)
      if (dryRun) throw new Undone(taken)
      return taken
    })
  } catch (outcome) {
    if (outcome instanceof Undone) return outcome.taken
    throw outcome
  }
}

const note = ({ db, actor }: Acting, action: string, after: Record<string, unknown>): Promise<void> =>
  db.transaction((tx) => audit(tx, actor, { action, subject: { kind: 'subscribers', id: null }, after }))
