import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import { newId } from '../../db/ids.ts'
import { atOneInstant, readSnapshot } from '../../db/queries/snapshot.ts'
import { alerts, cadencePolicies, componentGroups, incidents, timelineEntries } from '../../db/schema.ts'
import { testDatabase } from '../support/database.ts'
import { HELD } from '../support/holding.ts'
import { addComponent, addIncident, addUpdate, change, setUpOrganisation } from '../support/published.ts'

const { db } = await testDatabase()
const NOON = new Date('2026-11-12T12:00:00.000Z')
const DAY = 86_400_000
const CANARY = 'canary-7f3a'
const snapshot = () => atOneInstant(db, readSnapshot)

describe('what outsiders may see', () => {
  it('is a neutral page under revision 0 before anybody has set it up', async () => {
    const seen = await snapshot()
    expect(seen.organisation.name).toBe('Sitrep')
    expect(seen.last.revision).toBe(0)
  })

  it('holds the organisation, its components in order and the newest change of each kind', async () => {
    await setUpOrganisation(db, NOON)
    await db.insert(componentGroups).values({ id: 'grp000000001', name: 'Console', position: 1 })
    await addComponent(db, NOON, { id: 'cmp000000002', name: 'Dashboard', position: 2, groupId: 'grp000000001' })
    await addComponent(db, plus(NOON, 1000), { id: 'cmp000000001', groupId: 'grp000000001' })
    const seen = await snapshot()
    expect(seen.components.map((component) => component.name)).toEqual(['Login', 'Dashboard'])
    expect(seen.last).toEqual({ revision: 3, at: plus(NOON, 1000) })
    expect(seen.lastOf.organisation).toEqual({ revision: 1, at: NOON })
  })

  it('shows a component as the worst that open public incidents hold', async () => {
    await addIncident(db, NOON, { id: 'inc000000001', holds: ['cmp000000001'] })
    const seen = await snapshot()
    expect(seen.components.map((component) => component.status)).toEqual(['major_outage', 'operational'])
    expect(seen.open[0]).toMatchObject({
      id: 'inc000000001',
      changed: { revision: 4 },
      late: false,
      teamAlerted: false,
    })
    expect(seen.open[0]!.updates[0]!.publishedAt).toEqual(NOON)
  })

  it('never holds a word written for inside', async () => {
    await addIncident(db, NOON, { title: `${CANARY} title`, visibility: 'internal', holds: ['cmp000000002'] })
    await addUpdate(db, 'inc000000001', NOON, { seq: 2, body: `${CANARY} internal`, audience: 'internal' })
    await addUpdate(db, 'inc000000001', NOON, { seq: 3, body: `${CANARY} held`, ...HELD })
    await db
      .insert(timelineEntries)
      .values({ id: newId(), incidentId: 'inc000000001', kind: 'note', text: `${CANARY} note` })
    await db
      .update(incidents)
      .set({ warRoom: { bridge_url: `https://${CANARY}.example`, channel_url: null, documents: [] } })
    const seen = await snapshot()
    expect(JSON.stringify(seen)).not.toContain(CANARY)
    expect(seen.components[1]!.status).toBe('operational')
  })

  it('does not know of an incident about which nothing has been said in public', async () => {
    await addIncident(db, NOON, {
      title: CANARY,
      firstPublicUpdateAt: null,
      publicSince: null,
      holds: ['cmp000000002'],
    })
    const seen = await snapshot()
    expect(JSON.stringify(seen)).not.toContain(CANARY)
    expect(seen.components[1]!.status).toBe('operational')
  })

  it('says that the team is alerted once a carrier has taken an alert about the present promise', async () => {
    await db
      .insert(cadencePolicies)
      .values({ version: 1, policy: {} as never })
      .onConflictDoNothing()
    const alert = { incidentId: 'inc000000001', dueAt: NOON, firedAt: NOON, state: 'alerted' as const, rung: 'due' }
    await db.update(incidents).set({ lateSeq: 2, deadlineSeq: 2 })
    await db.insert(alerts).values({ id: newId(), ...alert, audience: 'public', deadlineSeq: 1, acceptedAt: NOON })
    await db.insert(alerts).values({ id: newId(), ...alert, audience: 'public', deadlineSeq: 2 })
    expect((await snapshot()).open[0]).toMatchObject({ late: true, teamAlerted: false })
    await db.update(alerts).set({ acceptedAt: NOON })
    expect((await snapshot()).open[0]).toMatchObject({ late: true, teamAlerted: true })
  })

  it('holds the past week and the 50 newest incidents, and no more of history', async () => {
    const over = { status: 'resolved' as const, nextUpdateDueAt: null }
    for (let day = 1; day <= 60; day += 1) {
      const when = plus(NOON, -day * DAY)
      await addIncident(db, when, { id: `old${String(day).padStart(9, '0')}`, ...over, resolvedAt: plus(when, 60_000) })
    }
    await change(db, { topic: 'components' }, NOON)
    const seen = await snapshot()
    expect(seen.newest).toHaveLength(50)
    expect(seen.newest[0]!.id).toBe('inc000000001')
    expect(seen.recent.map((incident) => incident.id)).toEqual([1, 2, 3, 4, 5, 6].map((day) => `old00000000${day}`))
  })

  it('is of one instant, whatever is written meanwhile', async () => {
    const { before, after } = await atOneInstant(db, async (tx) => {
      const before = await readSnapshot(tx)
      await addUpdate(db, 'inc000000001', NOON, { seq: 4 })
      return { before, after: await readSnapshot(tx) }
    })
    expect(after).toEqual(before)
    expect((await snapshot()).last.revision).toBe(before.last.revision + 1)
  })
})

it('the queries for outsiders name no table that holds internal words', () => {
  for (const file of ['snapshot.ts', 'public-incidents.ts', 'public-maintenances.ts', 'public-history.ts']) {
    const source = readFileSync(new URL(`../../db/queries/${file}`, import.meta.url), 'utf8')
    const [, imported = ''] = /import \{([^}]*)\} from '\.\.\/schema\.ts'/.exec(source) ?? []
    const tables = imported.split(',').map((name) => name.trim().replace(/^type /, ''))
    for (const table of tables)
      expect([
        'CHANGE_TOPICS',
        'ChangeTopic',
        'componentGroups',
        'components',
        'organisation',
        'siteChanges',
      ]).toContain(table)
  }
})
