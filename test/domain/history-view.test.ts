import { describe, expect, it } from 'vitest'
import { monthsSince } from '../../api/domain/days.ts'
import { componentPage, historyPage, maintenanceListPage } from '../../api/domain/page-views.ts'
import type { ListedIncident, ListedMaintenance } from '../../api/domain/snapshot.ts'
import {
  ADDRESS,
  at,
  componentSeen,
  incidentSeen,
  maintenanceSeen,
  snapshotOf,
  updateSeen,
} from '../support/snapshots.ts'

const incident = (own: Partial<ListedIncident> = {}): ListedIncident => ({
  id: 'inc000000001',
  title: 'Sign-in fails',
  severity: 'SEV1',
  status: 'resolved',
  retracted: false,
  startedAt: at('13:56'),
  resolvedAt: at('15:32'),
  components: ['Login'],
  ...own,
})
const maintenance = (own: Partial<ListedMaintenance> = {}): ListedMaintenance => ({
  id: 'mnt000000001',
  title: 'New disks',
  status: 'scheduled',
  scheduledFor: at('22:00'),
  scheduledUntil: at('23:00'),
  startedAt: null,
  endedAt: null,
  components: [],
  ...own,
})
const entriesOf = (incidents: ListedIncident[], maintenances: ListedMaintenance[] = []) =>
  historyPage(
    snapshotOf(),
    ADDRESS,
    { month: '2026-11', changed: { revision: 7, at: at('14:04') }, incidents, maintenances },
    { index: false },
  ).entries

describe('the history', () => {
  it('lists incidents and maintenance newest first; at the same moment the id settles it', () => {
    const entries = entriesOf(
      [incident({ id: 'b' }), incident({ id: 'a' }), incident({ id: 'c', startedAt: at('20:00') })],
      [maintenance({ id: 'm' }), maintenance({ id: 'k', startedAt: at('13:56') })],
    )
    expect(entries.map(({ id }) => id)).toEqual(['m', 'c', 'a', 'b', 'k'])
  })

  it('leaves the end of an open incident open', () => {
    expect(entriesOf([incident({ status: 'monitoring', resolvedAt: null })])[0]).toMatchObject({
      from: '2026-11-12T13:56:00.000Z',
      to: null,
      components: ['Login'],
    })
  })

  it.each<[string, Partial<ListedMaintenance>, string, string]>([
    ['planned work as its window', {}, '22:00', '23:00'],
    ['work under way from when it began', { status: 'in_progress', startedAt: at('22:10') }, '22:10', '23:00'],
    ['done work as it was', { status: 'completed', startedAt: at('22:10'), endedAt: at('22:40') }, '22:10', '22:40'],
    [
      'work called off in its midst as it was',
      { status: 'cancelled', startedAt: at('22:10'), endedAt: at('22:15') },
      '22:10',
      '22:15',
    ],
    ['work called off before as its window', { status: 'cancelled', endedAt: at('09:00') }, '22:00', '23:00'],
  ])('shows %s', (_, own, from, to) => {
    const [entry] = entriesOf([], [maintenance(own)])
    expect([entry!.from, entry!.to]).toEqual([at(from).toISOString(), at(to).toISOString()])
  })
})

describe('the months', () => {
  it.each([
    ['2026-11-01T00:00:00Z', '2026-11-30T23:59:59Z', ['2026-11']],
    ['2025-12-31T23:59:59Z', '2026-02-01T00:00:00Z', ['2026-02', '2026-01', '2025-12']],
    ['2027-03-01T00:00:00Z', '2026-11-12T00:00:00Z', ['2026-11']],
  ])('from %s to %s are %j', (began, until, months) => {
    expect(monthsSince(new Date(began), new Date(until))).toEqual(months)
  })
})

describe("a component's page", () => {
  it('lists what concerned it, at most fifty, with the names of whatever else was concerned', () => {
    const affected = [
      { id: 'cmp000000001', name: 'Sign-on', old_status: 'operational' as const, new_status: 'major_outage' as const },
    ]
    const incidents = Array.from({ length: 50 }, (_, index) =>
      incidentSeen({
        id: `inc0000000${String(index).padStart(2, '0')}`,
        status: 'resolved',
        resolvedAt: at('15:00'),
        updates: [updateSeen({ affected })],
      }),
    )
    const maintenances = [maintenanceSeen({ componentIds: ['cmp000000001'] })]
    const component = componentSeen({ startDate: '2026-11-01' })
    const page = componentPage(snapshotOf({ components: [component] }), ADDRESS, {
      component,
      changed: { revision: 7, at: at('14:04') },
      incidents,
      maintenances,
    })
    expect(page.entries).toHaveLength(50)
    expect(page.entries[0]).toMatchObject({ kind: 'maintenance', components: ['Login'] })
    expect(page.entries[1]).toMatchObject({ kind: 'incident', components: ['Sign-on'] })
    expect(page).toMatchObject({ group: null, startDate: '2026-11-01' })
    expect(page.component.bars.days.filter(({ status }) => status !== null)).toHaveLength(12)
  })
})

describe('the list of maintenance', () => {
  it('tells apart what is under way, what comes and what was', () => {
    const running = maintenanceSeen({ id: 'r', status: 'verifying' })
    const coming = maintenanceSeen({ id: 's' })
    const done = maintenanceSeen({ id: 'd', status: 'completed', endedAt: at('09:00') })
    const off = maintenanceSeen({ id: 'o', status: 'cancelled', endedAt: at('09:00') })
    const page = maintenanceListPage(
      snapshotOf({ maintenances: [running, coming], newestMaintenances: [coming, off, running, done] }),
      ADDRESS,
    )
    const ids = (views: { id: string }[]) => views.map(({ id }) => id)
    expect([ids(page.running), ids(page.upcoming), ids(page.past)]).toEqual([['r'], ['s'], ['o', 'd']])
  })
})
