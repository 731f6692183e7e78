import { describe, expect, it } from 'vitest'
import { statusDocument } from '../../api/domain/status-json.ts'
import { summaryDocument } from '../../api/domain/statuspage-v2.ts'
import { ADDRESS, at, componentSeen, groupSeen, incidentSeen, snapshotOf, updateSeen } from '../support/snapshots.ts'

const affected = [
  { id: 'cmp000000001', name: 'Login', old_status: 'operational' as const, new_status: 'major_outage' as const },
]
const updates = [
  updateSeen({ id: 'u4', seq: 4, status: 'monitoring', publishedAt: at('14:40') }),
  updateSeen({ id: 'u3', seq: 3, status: 'monitoring', publishedAt: at('14:30') }),
  updateSeen({ id: 'u2', seq: 2, status: 'identified', publishedAt: at('14:15') }),
  updateSeen({ id: 'u1', seq: 1, affected }),
]
const incident = incidentSeen({
  status: 'monitoring',
  components: [{ id: 'cmp000000001', status: 'major_outage' }],
  updates,
})
const snapshot = snapshotOf({
  groups: [groupSeen()],
  components: [
    componentSeen({ groupId: 'grp000000001', status: 'major_outage' }),
    componentSeen({ id: 'cmp000000002', name: 'Billing' }),
  ],
  open: [incident],
})

const COMPONENT = [
  'id',
  'name',
  'status',
  'created_at',
  'updated_at',
  'position',
  'description',
  'showcase',
  'start_date',
  'group_id',
  'page_id',
  'group',
  'only_show_if_degraded',
]
const INCIDENT = [
  'id',
  'name',
  'status',
  'created_at',
  'updated_at',
  'monitoring_at',
  'resolved_at',
  'impact',
  'shortlink',
  'started_at',
  'page_id',
  'incident_updates',
  'components',
]
const UPDATE = [
  'id',
  'status',
  'body',
  'incident_id',
  'created_at',
  'updated_at',
  'display_at',
  'affected_components',
  'deliver_notifications',
  'custom_tweet',
  'tweet_id',
]

describe('summary.json of Statuspage v2', () => {
  const summary = summaryDocument(snapshot, ADDRESS)
  const keysOf = (object: object) => Object.keys(object).sort()

  it('has exactly the fields that Statuspage has, no more and no fewer', () => {
    expect(keysOf(summary)).toEqual(['components', 'incidents', 'page', 'scheduled_maintenances', 'status'])
    expect(keysOf(summary.page)).toEqual(['id', 'name', 'time_zone', 'updated_at', 'url'])
    expect(keysOf(summary.status)).toEqual(['description', 'indicator'])
    const [group, ...ordinary] = summary.components
    expect(keysOf(group!)).toEqual([...COMPONENT, 'components'].sort())
    for (const component of [...ordinary, ...summary.incidents[0]!.components])
      expect(keysOf(component)).toEqual([...COMPONENT].sort())
    expect(keysOf(summary.incidents[0]!)).toEqual([...INCIDENT].sort())
    for (const update of summary.incidents[0]!.incident_updates) expect(keysOf(update)).toEqual([...UPDATE].sort())
    const [change] = summary.incidents[0]!.incident_updates.at(-1)!.affected_components!
    expect(keysOf(change!)).toEqual(['code', 'name', 'new_status', 'old_status'])
  })

  it('lists groups as rows of their own, with the status of their worst component and its ids', () => {
    expect(summary.components[0]).toMatchObject({
      group: true,
      group_id: null,
      status: 'major_outage',
      components: ['cmp000000001'],
    })
    expect(summary.components.map((component) => component.group)).toEqual([true, false, false])
  })

  it('tells an update’s components as "Group - Component", and null where it tells of none', () => {
    const told = summary.incidents[0]!.incident_updates
    expect(told.at(-1)!.affected_components).toEqual([
      {
        code: 'cmp000000001',
        name: 'Sign-in and console - Login',
        old_status: 'operational',
        new_status: 'major_outage',
      },
    ])
    expect(told[0]!.affected_components).toBeNull()
  })

  it('lists updates newest first, with times in milliseconds and the short link', () => {
    const [told] = summary.incidents
    expect(told!.incident_updates.map((update) => update.id)).toEqual(['u4', 'u3', 'u2', 'u1'])
    expect(told!.shortlink).toBe('https://status.example.com/i/inc000000001')
    expect(told!.incident_updates[0]!.display_at).toBe('2026-11-12T14:40:00.000Z')
    expect(told!.monitoring_at).toBe('2026-11-12T14:30:00.000Z')
  })

  it('says that a false alarm had no impact', () => {
    const quiet = summaryDocument({ ...snapshot, open: [{ ...incident, retracted: true }] }, ADDRESS)
    expect(quiet.incidents[0]!.impact).toBe('none')
  })
})

describe('status.json', () => {
  const document = statusDocument({ ...snapshot, open: [{ ...incident, late: true }] }, ADDRESS)

  it('carries the revision, the time and the promise', () => {
    expect(document).toMatchObject({
      revision: 7,
      as_of: '2026-11-12T14:04:00.000Z',
      organisation: { name: 'Northwind Cloud', url: 'https://status.example.com' },
      status: { indicator: 'critical', description: 'Major Service Outage' },
    })
    expect(document.incidents[0]).toMatchObject({
      next_update_due_at: '2026-11-12T14:19:00.000Z',
      overdue: true,
      url: 'https://status.example.com/incidents/inc000000001',
    })
  })

  it('has the fields that the contract names', () => {
    expect(Object.keys(document)).toEqual([
      'revision',
      'as_of',
      'organisation',
      'status',
      'components',
      'groups',
      'incidents',
      'maintenances',
      'recent_incidents',
    ])
    expect(document.components[0]).toEqual({
      id: 'cmp000000001',
      name: 'Login',
      group_id: 'grp000000001',
      status: 'major_outage',
      uptime_90d: null,
      days: [],
    })
    expect(Object.keys(document.incidents[0]!.updates[0]!)).toEqual([
      'id',
      'seq',
      'status',
      'headline',
      'body',
      'published_at',
      'corrected_at',
    ])
  })
})
