import { describe, expect, it } from 'vitest'
import {
  componentPage,
  historyPage,
  incidentPage,
  maintenanceListPage,
  maintenancePage,
  notFoundPage,
  subscribePage,
} from '../../api/domain/page-views.ts'
import type { Snapshot } from '../../api/domain/snapshot.ts'
import { ADDRESS, at, componentSeen, incidentSeen, maintenanceSeen, snapshotOf, span } from '../support/snapshots.ts'

type Kind = keyof Snapshot['lastOf']
const KINDS = Object.keys(snapshotOf().lastOf) as Kind[]

const change = (revision: number, time = '15:00') => ({ revision, at: at(time) })
/** A snapshot in which the newest change, of one kind only, is revision 50. */
const movedBy = (kind: Kind) => snapshotOf({ last: change(50), lastOf: { ...snapshotOf().lastOf, [kind]: change(50) } })

const open = incidentSeen({ changed: change(20) })
const over = incidentSeen({ changed: change(20), status: 'resolved', resolvedAt: at('15:00'), nextUpdateDueAt: null })
const record = { component: componentSeen(), changed: change(20), incidents: [], maintenances: [] }
const month = { month: '2026-11', changed: change(20), incidents: [], maintenances: [] }
const maintenance = maintenanceSeen({ changed: change(20) })

const PAGES: Record<string, [(snapshot: Snapshot) => { stamp: { revision: number } }, own: number, Kind[]]> = {
  'an open incident': [
    (snapshot) => incidentPage(snapshot, ADDRESS, open),
    20,
    ['components', 'moved', 'organisation'],
  ],
  'a resolved incident': [(snapshot) => incidentPage(snapshot, ADDRESS, over), 20, ['organisation']],
  'a component': [(snapshot) => componentPage(snapshot, ADDRESS, record), 20, ['day', 'names', 'organisation']],
  'a month': [(snapshot) => historyPage(snapshot, ADDRESS, month, { index: false }), 20, ['names', 'organisation']],
  'the history': [(snapshot) => historyPage(snapshot, ADDRESS, month, { index: true }), 20, ['names', 'organisation']],
  'the list of maintenance': [
    (snapshot) => maintenanceListPage(snapshot, ADDRESS),
    3,
    ['maintenance', 'names', 'organisation'],
  ],
  'a maintenance': [(snapshot) => maintenancePage(snapshot, ADDRESS, maintenance), 20, ['names', 'organisation']],
  'the subscribe page': [(snapshot) => subscribePage(snapshot, ADDRESS), 3, ['components', 'organisation']],
  'what is shown where nothing is': [(snapshot) => notFoundPage(snapshot, ADDRESS), 1, ['organisation']],
}

describe('the revision of a page', () => {
  it.each(Object.entries(PAGES))('of %s is that of the newest change that touches it', (_, [page, own, touching]) => {
    expect(page(snapshotOf()).stamp.revision).toBe(own)
    for (const kind of KINDS) expect(page(movedBy(kind)).stamp.revision).toBe(touching.includes(kind) ? 50 : own)
  })

  it.each(Object.entries(PAGES))('of %s stays with its bytes while others change', (_, [page, , touching]) => {
    for (const kind of KINDS.filter((each) => !touching.includes(each)))
      expect(JSON.stringify(page(movedBy(kind)))).toBe(JSON.stringify(page(snapshotOf())))
  })

  it('of a component is the instant up to which its bars are counted', () => {
    const component = componentSeen({ spans: [span('major_outage', '2026-11-12T14:00:00Z')] })
    const page = componentPage(snapshotOf({ last: change(60, '23:00') }), ADDRESS, { ...record, component })
    expect(page.stamp).toEqual({ revision: 20, at: '2026-11-12T15:00:00.000Z' })
    expect(page.component.bars.days.at(-1)).toMatchObject({ date: '2026-11-12', downSeconds: 3600 })
  })
})

describe('a month of the history', () => {
  const from = (last: string) =>
    snapshotOf({ began: new Date('2025-12-31T23:00:00Z'), last: { revision: 50, at: new Date(last) } })
  const pageOf = (name: string, snapshot: Snapshot, index = false) =>
    historyPage(
      snapshot,
      ADDRESS,
      { ...month, month: name, changed: { revision: 9, at: new Date('2026-01-10') } },
      { index },
    )

  it('leads to those before it and to the next one; the index to all', () => {
    const now = from('2026-04-30T23:59:59Z')
    expect(pageOf('2026-04', now, true).months).toEqual(['2026-04', '2026-03', '2026-02', '2026-01', '2025-12'])
    expect(pageOf('2026-02', now).months).toEqual(['2026-03', '2026-02', '2026-01', '2025-12'])
    expect(pageOf('2026-04', now).months).toEqual(['2026-04', '2026-03', '2026-02', '2026-01', '2025-12'])
  })

  it('says that it changed when it began and when the next one did, and never after', () => {
    expect(pageOf('2026-01', from('2026-01-15T00:00:00Z')).stamp.at).toBe('2026-01-10T00:00:00.000Z')
    expect(pageOf('2026-01', from('2026-02-01T00:00:00Z')).stamp.at).toBe('2026-02-01T00:00:00.000Z')
    expect(pageOf('2026-01', from('2026-11-12T00:00:00Z')).stamp.at).toBe('2026-02-01T00:00:00.000Z')
    expect(pageOf('2026-03', from('2026-03-12T00:00:00Z'), true).stamp.at).toBe('2026-03-01T00:00:00.000Z')
  })

  it('is the same from one day to the next', () => {
    const bytes = (last: string) => JSON.stringify(pageOf('2026-02', from(last)))
    expect(bytes('2026-03-05T10:00:00Z')).toBe(bytes('2026-11-05T10:00:00Z'))
  })
})
