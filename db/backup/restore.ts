import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { sql } from 'drizzle-orm'
import type { Database, Transaction } from '../client.ts'
import { appliedMigrations, knownMigrations, migrateTo } from '../migrate.ts'
import { markRestored } from '../queries/restores.ts'
import { type Frame, type Frames, readFrames, tally } from './frames.ts'
import { allTables, columnsIn, copied, usedTable } from './tables.ts'
import { clientOf, FORMAT } from './take.ts'
import { UnusableBackup } from './unusable-backup.ts'

export interface Restored {
  takenAt: Date
  tables: number
  rows: number
  /** Deliveries that were no longer news. */
  expired: number
  /** Deliveries that still are, and wait for the release. */
  waiting: number
}

export interface RestoreOptions {
  /** Fingerprints of the secrets at hand; null: it does not matter that sealed values can no longer be read. */
  seals: readonly string[] | null
  migrations?: ReturnType<typeof knownMigrations>
}

/** What of a secret may stand in a backup: enough to recognise it. */
export const sealOf = (secret: string): string =>
  createHash('sha256').update(`sitrep backup seal ${secret}`).digest('hex').slice(0, 16)

/**
 * Fills an empty database from the unpacked bytes of a backup, in one transaction: all of it or nothing. The database is
 * held afterwards, until a person releases it. Throws `UnusableBackup` for a file of a newer Sitrep, a damaged one, one
 * sealed with other secrets, and for a database that is in use.
 */
export async function restoreBackup(
  db: Database,
  source: AsyncIterable<Buffer>,
  { seals, migrations = knownMigrations() }: RestoreOptions,
): Promise<Restored> {
  const frames = readFrames(source)
  const head = await frames.next()
  const had = headOf(head, seals)
  await prepareSchema(db, migrations, had)
  const restored = await db.transaction((tx) => fill(tx, frames, new Date(String(head.taken_at))))
  await migrateTo(db, migrations)
  return restored
}

/** Checks the first line; answers the migrations of the database that the backup is of. */
function headOf(head: Frame, seals: readonly string[] | null): string[] {
  const { sitrep_backup: format, migrations, seals: sealed } = head
  if (typeof format !== 'number' || !Array.isArray(migrations) || !Array.isArray(sealed))
    throw new UnusableBackup('it is no backup of Sitrep')
  if (format > FORMAT)
    throw new UnusableBackup(
      `it has the form ${format} of a newer Sitrep, this one reads up to ${FORMAT}; update Sitrep`,
    )
  if (seals && !sealed.some((seal) => seals.includes(String(seal))))
    throw new UnusableBackup(
      'it was sealed with another SECRET. Set the SECRET of that time (or put its file "secret" into DATA_DIR), or say --other-secret: links in mails sent so far, secrets of webhooks and suppressions of erased addresses are lost then',
    )
  return migrations.map(String)
}

/** Makes the tables as the backup has them; what came later is applied to its rows as well, afterwards. */
async function prepareSchema(
  db: Database,
  migrations: NonNullable<RestoreOptions['migrations']>,
  had: readonly string[],
): Promise<void> {
  const known = migrations.slice(0, had.length)
  if (known.length < had.length || known.some(({ hash }, at) => hash !== had[at]))
    throw new UnusableBackup(
      `it is of a newer Sitrep: its database has ${had.length} changes of schema, this one knows ${migrations.length}, and not all of them. Update Sitrep`,
    )
  const there = await appliedMigrations(db)
  if (there.length > had.length)
    throw new UnusableBackup(
      'it is of an older Sitrep than the tables of this database. Restore it into a database that nothing has used yet, such as that of a new DATA_DIR',
    )
  const used = await usedTable(db, [...(await columnsIn(db)).keys()])
  if (used) throw new UnusableBackup(`this database is in use (${used} holds rows). Restore into an empty one`)
  await migrateTo(db, known)
}

async function fill(tx: Transaction, frames: Frames, takenAt: Date): Promise<Restored> {
  const columns = await columnsIn(tx)
  const there = allTables().filter((table) => columns.has(table))
  const putBack = await setAside(tx, there)
  const used = await usedTable(tx, there)
  if (used) throw new UnusableBackup(`this database is in use (${used} holds rows). Restore into an empty one`)
  await tx.execute(
    sql`truncate ${sql.join(
      there.map((table) => sql.identifier(table)),
      sql`, `,
    )}`,
  )
  const done = await fillTables(tx, frames, columns)
  await putBack()
  return { takenAt, ...done, ...(await markRestored(tx, takenAt)) }
}

async function fillTables(tx: Transaction, frames: Frames, columns: Map<string, string[]>) {
  let [tables, rows] = [0, 0]
  for (let frame = await frames.next(); ; frame = await frames.next()) {
    if (frame.end === true) {
      await continueSequences(tx, frame.sequences as Record<string, number>)
      return { tables, rows }
    }
    rows += await fillTable(tx, frames, frame, columns)
    tables += 1
  }
}

async function fillTable(
  tx: Transaction,
  frames: Frames,
  { table, columns: given }: Frame,
  known: Map<string, string[]>,
): Promise<number> {
  const has = known.get(String(table)) ?? []
  const columns = Array.isArray(given) ? given.map(String) : []
  if (columns.length === 0 || columns.some((column) => !has.includes(column)))
    throw new UnusableBackup(`it holds a table or column that is unknown here: ${String(table)}`)
  const counted = tally()
  let footer: Frame = {}
  async function* blocks() {
    for (footer = await frames.next(); 'bytes' in footer; footer = await frames.next()) {
      const block = await frames.block(footer)
      counted.add(block)
      yield block
    }
  }
  await pipeline(
    blocks,
    await clientOf(tx)
      .unsafe(`copy ${copied(String(table), columns)} from stdin`)
      .writable(),
  )
  const { rows, sha256 } = counted.sum()
  if (footer.rows !== rows || footer.sha256 !== sha256)
    throw new UnusableBackup(`it is damaged: ${String(table)} is not what was saved`)
  return rows
}

/**
 * Takes the references between tables and their triggers away for as long as they are filled, so that their order does
 * not matter. Needs no more than the tables' owner may. Answers how to put them back, which checks every row.
 */
async function setAside(tx: Transaction, tables: readonly string[]): Promise<() => Promise<void>> {
  const references = await tx.execute<{ table: string; name: string; is: string }>(sql`
    select relname as table, conname as name, pg_get_constraintdef(pg_constraint.oid) as is
    from pg_constraint join pg_class on pg_class.oid = conrelid
    where contype = 'f' and pg_class.relnamespace = 'public'::regnamespace order by relname, conname`)
  const ours = references.filter(({ table }) => tables.includes(table))
  const alter = (table: string, what: ReturnType<typeof sql>) =>
    tx.execute(sql`alter table ${sql.identifier(table)} ${what}`)
  for (const { table, name } of ours) await alter(table, sql`drop constraint ${sql.identifier(name)}`)
  for (const table of tables) await alter(table, sql`disable trigger user`)
  return async () => {
    for (const { table, name, is } of ours)
      await alter(table, sql`add constraint ${sql.identifier(name)} ${sql.raw(is)}`)
    for (const table of tables) await alter(table, sql`enable trigger user`)
  }
}

async function continueSequences(tx: Transaction, sequences: Record<string, number>): Promise<void> {
  for (const [name, value] of Object.entries(sequences))
    await tx.execute(
      sql`select setval(to_regclass(${`public.${name}`}), ${value}) where to_regclass(${`public.${name}`}) is not null`,
    )
}
