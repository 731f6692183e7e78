import { describe, expect, it } from 'vitest'
import { type RecordedChange, touchedBy, writingOrder } from '../../api/publish/touched.ts'
import { at, componentSeen, incidentSeen, maintenanceSeen, snapshotOf } from '../support/snapshots.ts'

const OPEN = 'inc000000001'
const OTHER = 'inc000000002'
const LOGIN = 'cmp000000001'

const change = (own: Partial<RecordedChange>): RecordedChange => ({
  revision: 9,
  topic: 'incident',
  incidentId: null,
  maintenanceId: null,
  componentId: null,
  movedComponents: false,
  movedEntry: true,
  leftMonth: null,
  at: at('14:04'),
  ...own,
})
const open = incidentSeen({ id: OPEN, components: [{ id: LOGIN, status: 'major_outage' }] })
const other = incidentSeen({ id: OTHER })
const work = maintenanceSeen({ id: 'mnt000000001', componentIds: [LOGIN] })
const snapshot = snapshotOf({ open: [open, other], components: [componentSeen({ id: LOGIN })], began: new Date(0) })
const touched = (...changes: Partial<RecordedChange>[]) =>
  touchedBy(changes.map(change), { snapshot, since: at('14:00'), incidents: [open, other], maintenances: [work] })

describe('the documents that a change touches', () => {
  it('are, for an incident, its own, its components, its month, the feeds and the first page', () => {
    expect(touched({ incidentId: OPEN })).toEqual({
      singles: new Set(['home', 'status_json', 'statuspage', 'history_feeds', 'update_feeds']),
      incidents: new Set([OPEN]),
      maintenances: new Set(),
      components: new Set([LOGIN]),
      months: new Set(['2026-11']),
      all: new Set(),
    })
  })

  it('are other open incidents too once a component is shown as something else: they say what still works', () => {
    expect(touched({ incidentId: OPEN, movedComponents: true }).incidents).toEqual(new Set([OPEN, OTHER]))
  })

  it('leave the months alone where an incident has only new words: lists say none of them', () => {
    const { months, incidents, components } = touched({ incidentId: OPEN, movedEntry: false })
    expect([months, incidents, components]).toEqual([new Set(), new Set([OPEN]), new Set([LOGIN])])
  })

  it('are, for a maintenance, also the calendar and the list', () => {
    const { singles, maintenances, components } = touched({ topic: 'maintenance', maintenanceId: work.id })
    expect([...singles]).toEqual(expect.arrayContaining(['calendar', 'maintenance_list', 'home', 'history_feeds']))
    expect([maintenances, components]).toEqual([new Set([work.id]), new Set([LOGIN])])
  })

  it('leave feeds and history alone when one component is shown otherwise, but not the subscribe page', () => {
    const { singles, months, all, components } = touched({ topic: 'component', componentId: LOGIN })
    expect(singles.has('history_feeds')).toBe(false)
    expect(singles.has('subscribe')).toBe(true)
    expect([months.size, all.size, components]).toEqual([0, 0, new Set([LOGIN])])
  })

  it('are every page that prints names when names change', () => {
    expect(touched({ topic: 'components' }).all).toEqual(new Set(['months', 'components', 'maintenances']))
  })

  it('are, when a day begins, what shows ninety days', () => {
    const { singles, all, months, incidents } = touched({ topic: 'day' })
    expect([...singles].sort()).toEqual(['home', 'status_json'])
    expect([all, incidents.size, months.size]).toEqual([new Set(['components']), 0, 0])
  })

  it.each([{ topic: 'day' }, { incidentId: OPEN }] as const)(
    'are months that have turned, whatever came first: %j',
    (first) => {
      const turned = { ...snapshot, last: { revision: 9, at: new Date('2026-12-01T00:00:00.000Z') } }
      const spoken = {
        snapshot: turned,
        since: new Date('2026-09-30T23:00:00.000Z'),
        incidents: [open],
        maintenances: [],
      }
      const { singles, months } = touchedBy([change(first)], spoken)
      expect([...months].sort()).toEqual(['2026-09', '2026-10', '2026-11', '2026-12'])
      expect(singles.has('sitemap')).toBe(true)
    },
  )

  it('are every month where history begins earlier than before, and the month that it left', () => {
    const first = incidentSeen({ id: OPEN, startedAt: at('10:00') })
    const began = { ...snapshot, began: at('10:00') }
    const earlier = { snapshot: began, since: at('14:00'), incidents: [first], maintenances: [] }
    const { all, months } = touchedBy([change({ incidentId: OPEN, leftMonth: '2026-12' })], earlier)
    expect([all, months]).toEqual([new Set(['months']), new Set(['2026-11', '2026-12'])])
  })

  it('are every month where history begins later than before', () => {
    const later = { ...snapshot, began: at('10:00') }
    const spoken = { snapshot: later, since: at('14:00'), incidents: [open], maintenances: [] }
    const { all, singles } = touchedBy([change({ incidentId: OPEN, leftMonth: '2026-09' })], spoken)
    expect([all, singles.has('sitemap')]).toEqual([new Set(['months']), true])
  })

  it('are none without a change', () => {
    expect(Object.values(touched()).every((set) => set.size === 0)).toBe(true)
  })
})

it('what is pointed to is written before what points to it, and the first page last', () => {
  const paths = [
    'index.html',
    'status.json',
    'incidents/inc000000001/index.html',
    '_astro/a.css',
    'api/v2/summary.json',
    'ar/index.html',
  ]
  expect(paths.toSorted((one, other) => writingOrder(one) - writingOrder(other))).toEqual([
    '_astro/a.css',
    'incidents/inc000000001/index.html',
    'status.json',
    'api/v2/summary.json',
    'index.html',
    'ar/index.html',
  ])
})
