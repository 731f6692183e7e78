import { eq, sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { ComponentStatus } from '../../api/domain/component.ts'
import type { Database } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { auditLog, components, incidentComponents, incidents, timelineEntries, updates } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'
import { HELD } from '../support/holding.ts'

const { db } = await testDatabase()
const NOW = new Date('2026-11-12T12:00:00.000Z')

async function incident(fields: Partial<typeof incidents.$inferInsert> = {}): Promise<string> {
  const id = newId()
  await db.insert(incidents).values({
    id,
    title: 'Sign-in fails',
    severity: 'SEV1',
    warRoom: { bridge_url: null, channel_url: null, documents: [] },
    startedAt: NOW,
    declaredAt: NOW,
    firstPublicUpdateAt: NOW,
    publicSince: NOW,
    lastSpokeAt: NOW,
    cadenceVersion: 1,
    ...fields,
  })
  return id
}

async function update(incidentId: string, fields: Partial<typeof updates.$inferInsert> = {}): Promise<string> {
  const id = newId()
  await db.insert(updates).values({
    id,
    incidentId,
    seq: 1,
    audience: 'public',
    state: 'published',
    status: 'investigating',
    severity: 'SEV1',
    headline: 'We are looking',
    body: 'We are looking.',
    affected: [],
    publishedAt: NOW,
    answeredSeq: 1,
    ...fields,
  })
  return id
}

async function component(status: ComponentStatus = 'operational'): Promise<string> {
  const id = newId()
  await db.insert(components).values({ id, name: id, position: 1, status })
  return id
}

const holds = (incidentId: string, componentId: string, status: ComponentStatus) =>
  db.insert(incidentComponents).values({ incidentId, componentId, status })

/** The message with which the database refuses. */
async function refusal(statement: PromiseLike<unknown>): Promise<string> {
  const error = await Promise.resolve(statement).then(
    () => new Error('was not refused'),
    (thrown: Error) => thrown,
  )
  return (error.cause as Error | undefined)?.message ?? error.message
}

const idsOf = async (view: string, of: Database = db): Promise<string[]> => {
  const rows = await of.execute<{ id: string }>(sql`select id from ${sql.identifier(view)}`)
  return rows.map(({ id }) => id)
}

describe('the audit log', async () => {
  await db.insert(auditLog).values({ actorKind: 'system', action: 'set_up', subjectKind: 'organisation' })
  it.each(['update audit_log set action = $$x$$', 'delete from audit_log', 'truncate audit_log'])(
    'refuses "%s"',
    async (statement) => {
      expect(await refusal(db.execute(sql.raw(statement)))).toBe('audit_log is append-only')
    },
  )
})

describe('the timeline', async () => {
  await db.insert(timelineEntries).values({ id: newId(), incidentId: await incident(), kind: 'note', text: 'x' })
  it.each(['update timeline_entries set text = $$y$$', 'delete from timeline_entries'])(
    'refuses "%s"',
    async (statement) => {
      expect(await refusal(db.execute(sql.raw(statement)))).toBe('timeline_entries is append-only')
    },
  )
})

describe('an update', () => {
  it('is neither changed nor deleted once it is published', async () => {
    const id = await update(await incident())
    const never = 'a published update is never edited; publish a correction'
    expect(await refusal(db.update(updates).set({ body: 'x' }).where(eq(updates.id, id)))).toBe(never)
    expect(await refusal(db.delete(updates).where(eq(updates.id, id)))).toBe(never)
  })

  it('may be published or recalled while it is held, and not after that', async () => {
    const published = await update(await incident(), HELD)
    const released = { state: 'published', publishedAt: NOW, heldPost: null } as const
    await db.update(updates).set(released).where(eq(updates.id, published))
    const recalled = await update(await incident(), HELD)
    await db.update(updates).set({ state: 'recalled' }).where(eq(updates.id, recalled))
    const again = db.update(updates).set(released).where(eq(updates.id, recalled))
    expect(await refusal(again)).toBe('a recalled update is never edited; publish a correction')
    expect(await idsOf('public_updates')).toContain(published)
    expect(await idsOf('public_updates')).not.toContain(recalled)
  })

  it('is published with a time, and only then', async () => {
    expect(await refusal(update(await incident(), { publishedAt: null }))).toContain('updates_published')
    expect(await refusal(update(await incident(), { ...HELD, publishedAt: NOW }))).toContain('updates_published')
  })

  it('is held until a time that is known, with what it is to do, one of an incident at a time', async () => {
    expect(await refusal(update(await incident(), { ...HELD, releaseAt: null }))).toContain('updates_release')
    expect(await refusal(update(await incident(), { ...HELD, heldPost: null }))).toContain('updates_held_post')
    const id = await incident()
    await update(id, HELD)
    expect(await refusal(update(id, { ...HELD, seq: 2 }))).toContain('updates_held')
  })
})

describe('what outsiders may see', () => {
  it('holds no incident that is internal, and nothing of it', async () => {
    const internal = await incident({ visibility: 'internal' })
    const said = await update(internal)
    const secret = await component()
    await holds(internal, secret, 'major_outage')
    expect(await idsOf('public_incidents')).not.toContain(internal)
    expect(await idsOf('public_updates')).not.toContain(said)
    const rows = await db.execute(sql`select * from public_incident_components where incident_id = ${internal}`)
    expect(rows.length).toBe(0)
    expect(await shown(secret)).toBe('operational')
  })

  it('holds no incident that is declared and not yet told', async () => {
    expect(await idsOf('public_incidents')).not.toContain(
      await incident({ firstPublicUpdateAt: null, publicSince: null }),
    )
  })

  it('holds nothing that was said while an incident was still internal', async () => {
    const opened = await incident()
    const said = await update(opened, { audience: 'internal' })
    expect(await idsOf('public_incidents')).toContain(opened)
    expect(await idsOf('public_updates')).not.toContain(said)
  })

  it.each(['drill', 'near_miss'] as const)('holds no %s, which can only be internal', async (kind) => {
    expect(await refusal(incident({ kind }))).toContain('incidents_only_real_ones_public')
    expect(await idsOf('public_incidents')).not.toContain(await incident({ kind, visibility: 'internal' }))
  })
})

async function shown(componentId: string): Promise<unknown> {
  const [row] = await db.execute(sql`select status from shown_components where id = ${componentId}`)
  return row?.status
}

describe('a component', () => {
  it('is shown as the worst that open incidents hold it in, and as set by hand when none does', async () => {
    const login = await component('degraded_performance')
    expect(await shown(login)).toBe('degraded_performance')
    await holds(await incident(), login, 'partial_outage')
    const worst = await incident()
    await holds(worst, login, 'major_outage')
    expect(await shown(login)).toBe('major_outage')
    await db.update(incidents).set({ status: 'resolved', resolvedAt: NOW }).where(eq(incidents.id, worst))
    expect(await shown(login)).toBe('partial_outage')
  })

  it('is not shown when it is archived', async () => {
    const old = await component()
    await db.update(components).set({ archivedAt: NOW }).where(eq(components.id, old))
    expect(await shown(old)).toBeUndefined()
  })
})

describe('an incident', () => {
  it('is resolved with a time, and owes no update then', async () => {
    expect(await refusal(incident({ status: 'resolved' }))).toContain('incidents_resolved')
    const owing = { status: 'resolved', resolvedAt: NOW, nextUpdateDueAt: NOW } as const
    expect(await refusal(incident(owing))).toContain('incidents_no_promise_when_resolved')
  })
})
