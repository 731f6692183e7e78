import { describe, expect, it } from 'vitest'
import { plus } from '../../api/domain/duration.ts'
import { homePage, incidentPage, subscribePage } from '../../api/domain/page-views.ts'
import { pastWeek } from '../../api/domain/past-week.ts'
import {
  ADDRESS,
  at,
  componentSeen,
  correctionSeen,
  groupSeen,
  incidentSeen,
  maintenanceSeen,
  snapshotOf,
  span,
  updateSeen,
} from '../support/snapshots.ts'

const DAY = 86_400_000
const resolved = (daysAgo: number, own = {}) =>
  incidentSeen({
    status: 'resolved',
    startedAt: plus(at('08:44'), -daysAgo * DAY),
    resolvedAt: plus(at('09:32'), -daysAgo * DAY),
    nextUpdateDueAt: null,
    ...own,
  })

describe('the first page', () => {
  const groups = [groupSeen(), groupSeen({ id: 'grp000000002', name: 'Storage' })]
  const components = [
    componentSeen({ groupId: 'grp000000001', status: 'major_outage' }),
    componentSeen({ id: 'cmp000000002', name: 'Dashboard', groupId: 'grp000000001' }),
    componentSeen({ id: 'cmp000000003', name: 'Storage EU', groupId: 'grp000000002' }),
    componentSeen({ id: 'cmp000000004', name: 'Billing' }),
    componentSeen({ id: 'cmp000000005', name: 'Failover', onlyShowIfDegraded: true }),
  ]

  it('names what still works while something does not: sound groups, and sound components outside groups', () => {
    const page = homePage(snapshotOf({ groups, components, open: [incidentSeen()] }), ADDRESS)
    expect(page.working).toEqual(['Storage', 'Billing'])
    expect(page.state).toBe('major_outage')
  })

  it('says nothing of what works when everything does', () => {
    const sound = components.map((component) => ({ ...component, status: 'operational' as const }))
    expect(homePage(snapshotOf({ groups, components: sound }), ADDRESS).working).toEqual([])
  })

  it('shows a group as its worst component, components outside groups last, and hides what is only shown when degraded', () => {
    const { groups: shown } = homePage(snapshotOf({ groups, components }), ADDRESS)
    expect(shown.map((group) => [group.name, group.status, group.components.map((each) => each.name)])).toEqual([
      ['Sign-in and console', 'major_outage', ['Login', 'Dashboard']],
      ['Storage', 'operational', ['Storage EU']],
      [null, 'operational', ['Billing']],
    ])
    expect(subscribePage(snapshotOf({ groups, components }), ADDRESS).groups.at(-1)!.components).toHaveLength(2)
  })

  it('does not count what is under maintenance as working', () => {
    const some = [
      componentSeen({ status: 'under_maintenance' }),
      componentSeen({ id: 'cmp000000004', name: 'Billing' }),
    ]
    expect(homePage(snapshotOf({ components: some }), ADDRESS).working).toEqual(['Billing'])
  })

  it('shows ninety days up to the last change, of a group the worst', () => {
    const login = { ...components[0]!, spans: [span('major_outage', '2026-11-12T14:00:00Z')] }
    const [group] = homePage(snapshotOf({ groups, components: [login, components[1]!] }), ADDRESS).groups
    const today = { date: '2026-11-12', status: 'major_outage', downSeconds: 240 }
    expect(group!.bars.days.at(-1)).toEqual(today)
    expect(group!.components.map(({ bars }) => [bars.uptime, bars.days.length])).toEqual([
      [99.99, 90],
      [100, 90],
    ])
    expect(group!.bars.uptime).toBe(99.99)
  })

  it('lists maintenance as the snapshot does, under the names of today', () => {
    const maintenances = [maintenanceSeen({ componentIds: ['cmp000000004', 'cmp000000001', 'gone'] })]
    const [shown] = homePage(snapshotOf({ components, maintenances }), ADDRESS).maintenances
    expect(shown).toMatchObject({ affected: ['Login', 'Billing'], html: '<p>We move the database to new disks.</p>' })
    expect(shown!.updates[0]).toMatchObject({ step: 'planned', at: '2026-11-12T10:00:00.000Z' })
  })

  it('carries the revision and time of the last change', () => {
    expect(homePage(snapshotOf(), ADDRESS).stamp).toEqual({ revision: 7, at: '2026-11-12T14:04:00.000Z' })
  })
})

describe('the past seven days', () => {
  const days = (own: Parameters<typeof snapshotOf>[0]) =>
    pastWeek(snapshotOf(own)).map((entry) => (entry.kind === 'quiet' ? `${entry.from}..${entry.to}` : entry.day))

  it('are one quiet run when nothing happened', () => {
    expect(days({})).toEqual(['2026-11-06..2026-11-12'])
  })

  it('show ended maintenance on the day on which it began; while it went on, days stay quiet', () => {
    const night = maintenanceSeen({
      status: 'completed',
      scheduledFor: plus(at('22:00'), -4 * DAY),
      startedAt: plus(at('23:00'), -4 * DAY),
      endedAt: plus(at('02:00'), -2 * DAY),
    })
    expect(days({ recentMaintenances: [night] })).toEqual([
      '2026-11-09..2026-11-12',
      '2026-11-08',
      '2026-11-06..2026-11-07',
    ])
  })

  it('show what was called off on the day on which that was said', () => {
    const off = maintenanceSeen({ status: 'cancelled', scheduledFor: plus(at('22:00'), 9 * DAY), endedAt: at('09:00') })
    expect(days({ recentMaintenances: [off] })).toEqual(['2026-11-12', '2026-11-06..2026-11-11'])
  })

  it('list a day newest first, work and incidents alike', () => {
    const work = maintenanceSeen({ status: 'completed', startedAt: at('10:00'), endedAt: at('11:00') })
    const kinds = pastWeek(snapshotOf({ recent: [resolved(0)], recentMaintenances: [work] })).map(({ kind }) => kind)
    expect(kinds).toEqual(['maintenance', 'incident', 'quiet'])
  })

  it('show work that began before them on their first day', () => {
    const long = maintenanceSeen({ status: 'completed', startedAt: plus(at('10:00'), -20 * DAY), endedAt: at('11:00') })
    expect(days({ recentMaintenances: [long] })).toEqual(['2026-11-07..2026-11-12', '2026-11-06'])
  })

  it('put an incident on the day it began, between runs of quiet days', () => {
    expect(days({ recent: [resolved(5)] })).toEqual(['2026-11-08..2026-11-12', '2026-11-07', '2026-11-06..2026-11-06'])
  })

  it('keep two incidents of a day, the newest first', () => {
    const recent = [resolved(0, { id: 'second', startedAt: at('10:00'), resolvedAt: at('11:00') }), resolved(0)]
    expect(days({ recent })).toEqual(['2026-11-12', '2026-11-12', '2026-11-06..2026-11-11'])
  })

  it('do not call a day quiet on which an incident is open', () => {
    const open = [incidentSeen({ startedAt: plus(at('13:56'), -DAY) })]
    expect(days({ open })).toEqual(['2026-11-06..2026-11-10'])
  })

  it('show an incident that began before them on their first day, and no quiet day while it lasted', () => {
    const recent = [resolved(9, { resolvedAt: plus(at('09:00'), -4 * DAY) })]
    expect(days({ recent })).toEqual(['2026-11-09..2026-11-12', '2026-11-06'])
  })
})

describe('the page of an incident', () => {
  const spoken = [
    updateSeen({ id: 'u3', seq: 3, publishedAt: at('14:49'), answeredDueAt: at('14:45'), promiseKept: false }),
    updateSeen({ id: 'u2', seq: 2, publishedAt: at('14:15'), answeredDueAt: at('14:19'), promiseKept: true }),
    updateSeen({ id: 'u1', seq: 1, publishedAt: at('14:04'), answeredDueAt: at('14:05'), promiseKept: true }),
  ]
  const pageOf = (own: Parameters<typeof incidentSeen>[0], snapshot = snapshotOf()) =>
    incidentPage(snapshot, ADDRESS, incidentSeen(own))

  it('counts promises kept of promises made, and the longest silence', () => {
    expect(pageOf({ updates: spoken }).record).toEqual({ kept: 2, made: 3, longestSilenceMinutes: 34 })
  })

  it('counts the promise that is broken now', () => {
    expect(pageOf({ updates: spoken, late: true }).record).toMatchObject({ kept: 2, made: 4 })
  })

  it('counts nothing against a false alarm', () => {
    expect(pageOf({ updates: spoken, retracted: true }).record).toBeNull()
  })

  it('says by how many whole minutes an update was late, and at least one', () => {
    const late = [spoken[0]!, { ...spoken[1]!, promiseKept: false, publishedAt: new Date('2026-11-12T14:19:02.000Z') }]
    expect(pageOf({ updates: late }).incident.updates.map((update) => update.lateByMinutes)).toEqual([4, 1])
  })

  it('says that the promise is late because the record says so, and that the team is alerted only then', () => {
    expect(pageOf({ teamAlerted: true }).incident.promise).toMatchObject({ late: false, teamAlerted: false })
    expect(pageOf({ late: true }).incident.promise).toMatchObject({ late: true, teamAlerted: false })
    expect(pageOf({ late: true, teamAlerted: true }).incident.promise).toMatchObject({ late: true, teamAlerted: true })
    expect(pageOf({ nextUpdateDueAt: null }).incident.promise).toBeNull()
  })

  it('shows of an open incident what it holds now, worst first', () => {
    const components = [componentSeen(), componentSeen({ id: 'cmp000000002', name: 'Dashboard' })]
    const held = [
      { id: 'cmp000000001', status: 'partial_outage' as const },
      { id: 'cmp000000002', status: 'major_outage' as const },
    ]
    expect(pageOf({ components: held }, snapshotOf({ components })).incident.affected).toEqual([
      { name: 'Dashboard', status: 'major_outage' },
      { name: 'Login', status: 'partial_outage' },
    ])
  })

  it('shows of a resolved one the worst it did, under the names its updates used, whatever became of the components', () => {
    const told = (
      old_status: 'operational' | 'major_outage',
      new_status: 'major_outage' | 'operational',
      name = 'Login',
    ) => [{ id: 'cmp000000001', name, old_status, new_status }]
    const updates = [
      updateSeen({ seq: 2, status: 'resolved', affected: told('major_outage', 'operational') }),
      updateSeen({ seq: 1, affected: told('operational', 'major_outage') }),
    ]
    const renamed = snapshotOf({ components: [componentSeen({ name: 'Sign-in' })] })
    const page = pageOf({ status: 'resolved', resolvedAt: at('15:32'), nextUpdateDueAt: null, updates }, renamed)
    expect(page.incident.affected).toEqual([{ name: 'Login', status: 'major_outage' }])
  })

  it('shows what it said before it was corrected, why, and whether that was told', () => {
    const corrections = [correctionSeen({ id: 'cor000000002', previousBody: '**Sign-up** fails.', notify: false })]
    const [update] = pageOf({ updates: [updateSeen({ corrections: [...corrections, correctionSeen()] })] }).incident
      .updates
    expect(update!.html).toBe('<p>Sign-in fails.</p>')
    expect(update!.corrections.map(({ id, told }) => [id, told])).toEqual([
      ['cor000000002', false],
      ['cor000000001', true],
    ])
    expect(update!.corrections[0]).toMatchObject({
      at: '2026-11-12T14:10:00.000Z',
      previousHtml: '<p><strong>Sign-up</strong> fails.</p>',
      reason: 'We wrote out for in.',
    })
  })
})
