import { describe, expect, it } from 'vitest'
import { statusDocument } from '../../api/domain/status-json.ts'
import {
  ADDRESS,
  at,
  componentSeen,
  correctionSeen,
  groupSeen,
  incidentSeen,
  maintenanceSeen,
  maintenanceUpdateSeen,
  snapshotOf,
  span,
  updateSeen,
} from '../support/snapshots.ts'

const snapshot = snapshotOf({
  groups: [groupSeen()],
  components: [
    componentSeen({
      groupId: 'grp000000001',
      status: 'major_outage',
      startDate: '2026-11-11',
      spans: [span('major_outage', '2026-11-12T14:00:00Z')],
    }),
    componentSeen({ id: 'cmp000000002', name: 'Billing' }),
  ],
  open: [
    incidentSeen({
      late: true,
      updates: [updateSeen({ id: 'u2', seq: 2, corrections: [correctionSeen()] }), updateSeen()],
    }),
  ],
  recent: [incidentSeen({ id: 'inc000000002', status: 'resolved', resolvedAt: at('12:00'), nextUpdateDueAt: null })],
  maintenances: [maintenanceSeen({ status: 'in_progress', startedAt: at('14:00'), componentIds: ['cmp000000002'] })],
})

describe('status.json', () => {
  const document = statusDocument(snapshot, ADDRESS)

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
    expect(document.recent_incidents[0]).toMatchObject({ id: 'inc000000002', resolved_at: '2026-11-12T12:00:00.000Z' })
  })

  it('has the fields that the contract names', () => {
    const fields = 'revision as_of organisation status components groups incidents maintenances recent_incidents'
    expect(Object.keys(document).join(' ')).toBe(fields)
    expect(Object.keys(document.incidents[0]!).join(' ')).toBe(
      'id title severity status retracted merged_into started_at resolved_at next_update_due_at overdue url updates holding_notices',
    )
    expect(Object.keys(document.incidents[0]!.updates[0]!).join(' ')).toBe(
      'id seq status headline body published_at corrected_at retraction_reason',
    )
    expect(document.groups).toEqual([{ id: 'grp000000001', name: 'Sign-in and console', status: 'major_outage' }])
  })

  it('tells of each component ninety days and its uptime, and null where nobody looked', () => {
    const [login] = document.components
    expect(login).toMatchObject({ id: 'cmp000000001', name: 'Login', group_id: 'grp000000001', status: 'major_outage' })
    expect(login!.uptime_90d).toBe(99.82)
    expect(login!.days).toHaveLength(90)
    expect(login!.days.slice(-3)).toEqual([
      { date: '2026-11-10', status: null, down_seconds: 0 },
      { date: '2026-11-11', status: 'operational', down_seconds: 0 },
      { date: '2026-11-12', status: 'major_outage', down_seconds: 240 },
    ])
    expect(document.components[1]!.uptime_90d).toBe(100)
  })

  it('says when an update was corrected, and null where it was not', () => {
    expect(document.incidents[0]!.updates.map((update) => update.corrected_at)).toEqual([
      '2026-11-12T14:10:00.000Z',
      null,
    ])
  })

  it('tells of maintenance under way and to come', () => {
    const { updates, ...maintenance } = document.maintenances[0]!
    expect(maintenance).toEqual({
      id: 'mnt000000001',
      title: 'New disks for the database',
      status: 'in_progress',
      scheduled_for: '2026-11-12T22:00:00.000Z',
      scheduled_until: '2026-11-12T23:59:00.000Z',
      started_at: '2026-11-12T14:00:00.000Z',
      ended_at: null,
      components: ['cmp000000002'],
      url: 'https://status.example.com/maintenance/mnt000000001',
    })
    const { id, seq, status, body } = maintenanceUpdateSeen()
    expect(updates).toEqual([{ id, seq, status, body, published_at: '2026-11-12T10:00:00.000Z' }])
  })
})
