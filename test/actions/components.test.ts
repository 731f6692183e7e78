import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { archiveComponent, changeComponent } from '../../api/actions/change-component.ts'
import { addGroup, archiveGroup, changeGroup } from '../../api/actions/group-components.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { allComponents, componentById } from '../../db/queries/components.ts'
import { auditLog, componentSpans, siteChanges } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const shown = async (id: string) => (await componentById(db, id))!.shownStatus
const hold = (id: string, severity: 'SEV1' | 'SEV3', more = {}) =>
  openIncident(acting, { title: 'It fails', severity, body: 'It fails.', components: [{ id }], ...more })
const end = (id: string) => postUpdate(acting, id, { body: 'It works.', status: 'resolved' })

describe('what a component shows', () => {
  it('is the worst that open incidents hold, then what was set by hand', async () => {
    const { id } = await addComponent(acting, { name: 'Login', status: 'degraded_performance' })
    expect(await shown(id)).toBe('degraded_performance')
    const minor = await hold(id, 'SEV3')
    const major = await hold(id, 'SEV1')
    expect(await shown(id)).toBe('major_outage')
    await changeComponent(acting, id, { status: 'under_maintenance' })
    expect(await shown(id)).toBe('major_outage')
    await end(major.id)
    expect(await shown(id)).toBe('degraded_performance')
    await end(minor.id)
    expect(await shown(id)).toBe('under_maintenance')
  })

  it('is none of what internal incidents hold', async () => {
    const { id } = await addComponent(acting, { name: 'Search' })
    await hold(id, 'SEV1', { visibility: 'internal' })
    expect(await shown(id)).toBe('operational')
  })

  it('is kept as spans without gaps, for the days to come', async () => {
    const { id } = await addComponent(acting, { name: 'Billing' })
    const incident = await hold(id, 'SEV1')
    await end(incident.id)
    const spans = await db
      .select()
      .from(componentSpans)
      .where(eq(componentSpans.componentId, id))
      .orderBy(componentSpans.startedAt)
    expect(spans.map((span) => span.status)).toEqual(['operational', 'major_outage', 'operational'])
    expect(spans[0]!.endedAt).toEqual(spans[1]!.startedAt)
    expect(spans.at(-1)!.endedAt).toBeNull()
  })
})

describe('archiving', () => {
  it('waits for open incidents, internal ones too, and is for good', async () => {
    const { id } = await addComponent(acting, { name: 'Mail' })
    const incident = await hold(id, 'SEV3', { visibility: 'internal' })
    expect(await refusedAs(archiveComponent(acting, id))).toEqual(['conflict', ' in_use'])
    await end(incident.id)
    await archiveComponent(acting, id)
    expect(await refusedAs(archiveComponent(acting, id))).toEqual(['not_found'])
    expect(await refusedAs(changeComponent(acting, id, { name: 'Post' }))).toEqual(['not_found'])
    expect((await allComponents(db, { limit: 50 })).map((row) => row.id)).not.toContain(id)
    expect(await refusedAs(hold(id, 'SEV1'))).toEqual(['invalid', 'components.0.id unknown'])
  })

  it('leaves a group that still has somebody in it', async () => {
    const group = await addGroup(acting, { name: 'Core' })
    const member = await addComponent(acting, { name: 'API', group_id: group.id })
    expect(await refusedAs(archiveGroup(acting, group.id))).toEqual(['conflict', ' in_use'])
    await changeComponent(acting, member.id, { group_id: null })
    await archiveGroup(acting, group.id)
    expect(await refusedAs(changeGroup(acting, group.id, { name: 'x' }))).toEqual(['not_found'])
    expect(await refusedAs(addComponent(acting, { name: 'x', group_id: group.id }))).toEqual([
      'invalid',
      'group_id unknown',
    ])
  })
})

describe('every change of a component', () => {
  it('is audited and published; a refused one is neither', async () => {
    const counts = async () => ({ audit: await db.$count(auditLog), site: await db.$count(siteChanges) })
    const before = await counts()
    const { id, position } = await addComponent(acting, { name: 'Queue' })
    await changeComponent(acting, id, { description: 'Where things wait' })
    await refusedAs(changeComponent(acting, id, { group_id: 'aaaaaaaaaaaa' }))
    await archiveComponent(acting, id)
    expect(await counts()).toEqual({ audit: before.audit + 3, site: before.site + 4 })
    const next = await addComponent(acting, { name: 'Last' })
    expect(next.position).toBeGreaterThan(position)
  })
})
