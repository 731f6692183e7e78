import { createHash } from 'node:crypto'
import { getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { restoreBackup, sealOf } from '../../db/backup/restore.ts'
import { keptTables } from '../../db/backup/tables.ts'
import { takeBackup } from '../../db/backup/take.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { knownMigrations } from '../../db/migrate.ts'
import * as schema from '../../db/schema.ts'
import { actingAs, setUpNorthwind, somePerson } from '../support/acting.ts'
import { afterwards } from '../support/afterwards.ts'
import { emptyDatabase, testDatabase } from '../support/database.ts'
import { actAtRandom } from '../support/random-actions.ts'
import { chance } from '../support/seeded.ts'

const SEALS = [sealOf('the secret of this installation')]
const { db, clock } = await testDatabase()
await setUpNorthwind(db)
const author = await somePerson(db, 'admin', 'Ada Admin')
const seeded = chance(20261128)
for (let act = 0; act < 60; act += 1) await actAtRandom(actingAs(db, clock), clock, seeded)
await db.insert(schema.sessions).values({
  id: newId(),
  token: 'a session that was signed out since',
  userId: author.id,
  expiresAt: new Date('2099-01-01T00:00:00Z'),
})

/** What COPY could get wrong. */
const AWKWARD = ['\\.', 'tab\tand\nline\r\nfeed', '\\N', 'quote \' and " and \\', 'الدخول 🚨', '']
await db.insert(schema.inboundMessages).values(
  AWKWARD.map((body) => ({
    id: newId(),
    providerId: newId(),
    channel: 'sms' as const,
    addressKey: '+4915112345678',
    body,
    meaning: 'unmatched' as const,
  })),
)

async function blank(): Promise<Database> {
  const empty = openDatabase(await emptyDatabase(), 'sitrep test', 3)
  afterwards(() => closeDatabase(empty))
  return empty
}

async function backupOf(database: Database, seals = SEALS): Promise<Buffer[]> {
  const chunks: Buffer[] = []
  for await (const chunk of takeBackup(database, seals)) chunks.push(chunk)
  return chunks
}

async function* streamOf(chunks: readonly Buffer[]) {
  yield* chunks
}

const restoring = async (
  into: Database,
  chunks: readonly Buffer[],
  options: Partial<Parameters<typeof restoreBackup>[2]> = {},
) => restoreBackup(into, streamOf(chunks), { seals: SEALS, ...options })

/** Every row of a table, whatever its order. */
async function digestOf(database: Database, table: string): Promise<string> {
  const rows = await database.execute<{ row: string }>(
    sql`select ${sql.identifier(table)}::text as row from ${sql.identifier(table)} order by 1`,
  )
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}

/** What a restore itself writes. */
const CHANGED_BY_RESTORE = ['restores', 'site_revision', 'announcements', 'deliveries']

describe('a backup', () => {
  it('brings every row of every table back into an empty database, and none that must not come back', async () => {
    const into = await blank()
    const restored = await restoring(into, await backupOf(db))
    expect(restored.tables).toBe(keptTables().length)
    expect(restored.rows).toBeGreaterThan(100)
    for (const table of keptTables().filter((each) => !CHANGED_BY_RESTORE.includes(each)))
      expect(await digestOf(into, table), table).toBe(await digestOf(db, table))
    expect(await into.select().from(schema.sessions)).toEqual([])
  })

  it('holds every table that there is, but for those that are named', () => {
    const all = Object.values(schema)
      .filter((each) => is(each, PgTable))
      .map((each) => getTableName(each))
    expect([...new Set(all)].filter((name) => !keptTables().includes(name)).toSorted()).toEqual([
      'channel_states',
      'duty_rounds',
      'hub_pings',
      'idempotency_keys',
      'invitations',
      'rate_limits',
      'reply_codes',
      'sessions',
      'site_targets',
      'verifications',
    ])
  })

  it('leaves the guards of the database as they were, and numbers go on where they stood', async () => {
    const { db: into } = await testDatabase()
    await restoring(into, await backupOf(db))
    await expect(into.execute(sql`update audit_log set action = 'forged'`)).rejects.toThrow()
    await expect(into.execute(sql`update updates set body = 'never said' where state = 'published'`)).rejects.toThrow()
    await expect(into.execute(sql`delete from incidents`)).rejects.toThrow()
    const constraints = (of: Database) =>
      of.execute(
        sql`select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace order by 1`,
      )
    expect(await constraints(into)).toEqual(await constraints(db))
    const [newest] = await into.execute<{ id: number }>(sql`select max(id)::int as id from audit_log`)
    const [next] = await into
      .insert(schema.auditLog)
      .values({ actorKind: 'system', action: 'tested', subjectKind: 'restore' })
      .returning({ id: schema.auditLog.id })
    expect(next!.id).toBeGreaterThan(newest!.id)
  })

  it('is of one instant, whatever is written meanwhile', async () => {
    const frames = takeBackup(db, SEALS)
    const chunks = [(await frames.next()).value as Buffer]
    const late = newId()
    await db.insert(schema.people).values({ id: late, name: 'Late', email: 'late@northwind.example', role: 'viewer' })
    for await (const chunk of frames) chunks.push(chunk)
    const { db: into } = await testDatabase()
    await restoring(into, chunks)
    expect((await into.select().from(schema.people)).map(({ id }) => id)).not.toContain(late)
    await db.delete(schema.people).where(sql`id = ${late}`)
  })

  it('holds no secret, only what recognises it', async () => {
    const text = Buffer.concat(await backupOf(db)).toString('utf8')
    expect(text).toContain(SEALS[0])
    expect(text).not.toContain('the secret of this installation')
  })
})

describe('a restore', () => {
  const changed = (chunks: readonly Buffer[], from: string | RegExp, to: string): Buffer[] =>
    chunks.map((chunk) => Buffer.from(chunk.toString('utf8').replace(from, to)))

  it.each<[string, (chunks: Buffer[]) => Buffer[], RegExp]>([
    [
      'a newer form',
      (all) => changed(all, '"sitrep_backup":1', '"sitrep_backup":2'),
      /form 2 of a newer Sitrep.*update Sitrep/,
    ],
    [
      'a newer schema',
      (all) => changed(all, '"migrations":[', `"migrations":["unheard","of",`),
      /newer Sitrep.*Update Sitrep/,
    ],
    ['another secret', (all) => changed(all, SEALS[0]!, sealOf('another')), /another SECRET.*--other-secret/],
    ['a file cut short', (all) => all.slice(0, -1), /ends too early/],
    ['a file cut short in a table', (all) => all.slice(0, Math.floor(all.length / 2)), /ends too early/],
    ['a changed row', (all) => changed(all, 'Ada Admin', 'Eve Admin'), /damaged: people/],
    ['an unknown column', (all) => changed(all, '"columns":["id","name"', '"columns":["id","nome"'), /unknown here/],
    ['what is no backup', () => [Buffer.from('hello\n')], /no backup of Sitrep/],
    ['JSON of somebody else', () => [Buffer.from('{"a":1}\n')], /no backup of Sitrep/],
    ['nothing', () => [], /ends too early/],
  ])('refuses %s by name and changes nothing', async (_title, spoil, why) => {
    const { db: into } = await testDatabase()
    await expect(restoring(into, spoil(await backupOf(db)))).rejects.toThrow(why)
    expect(await into.select().from(schema.people)).toEqual([])
    await restoring(into, await backupOf(db))
    expect(await digestOf(into, 'people')).toBe(await digestOf(db, 'people'))
  })

  it('refuses a database that somebody uses', async () => {
    const { db: used } = await testDatabase()
    await used.insert(schema.components).values({ id: newId(), name: 'Login', position: 1 })
    await expect(restoring(used, await backupOf(db))).rejects.toThrow(/in use \(components holds rows\)/)
  })

  it('fills a database whose service has run and that nobody has used', async () => {
    const { db: fresh } = await testDatabase()
    await fresh.insert(schema.dutyRounds).values({ duty: 'cadence watch', process: '1', lastRoundAt: new Date() })
    await restoring(fresh, await backupOf(db))
    expect(await digestOf(fresh, 'incidents')).toBe(await digestOf(db, 'incidents'))
  })

  it('goes on without the secret when told to', async () => {
    const { db: into } = await testDatabase()
    await restoring(into, await backupOf(db, [sealOf('lost in the fire')]), { seals: null })
    expect(await digestOf(into, 'people')).toBe(await digestOf(db, 'people'))
  })

  it('brings the rows of an older version to the schema of this one', async () => {
    const newer = [
      ...knownMigrations(),
      {
        sql: [`alter table people add column nickname text`, `update people set nickname = upper(name)`],
        hash: 'newer',
        folderMillis: 9e12,
        bps: true,
      },
    ]
    const into = await blank()
    await restoring(into, await backupOf(db), { migrations: newer })
    expect(await into.execute(sql`select distinct nickname from people where name = 'Ada Admin'`)).toEqual([
      { nickname: 'ADA ADMIN' },
    ])
  })

  it('refuses tables of a newer version than the backup, since they cannot be taken back', async () => {
    const { db: ahead } = await testDatabase()
    const newer = [...knownMigrations(), { sql: [], hash: 'newer', folderMillis: 9e12, bps: true }]
    await ahead.execute(
      sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', 9000000000000)`,
    )
    await expect(restoring(ahead, await backupOf(db), { migrations: newer })).rejects.toThrow(
      /older Sitrep.*new DATA_DIR/,
    )
  })
})
