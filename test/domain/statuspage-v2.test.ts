import { describe, expect, it } from 'vitest'
import { incidentDocument, statuspageDocuments } from '../../api/domain/statuspage-v2.ts'
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
  updateSeen,
} from '../support/snapshots.ts'
import { DOCUMENT_FIELDS, expectShape } from '../support/statuspage-shapes.ts'

const affected = [
  { id: 'cmp000000001', name: 'Login', old_status: 'operational' as const, new_status: 'major_outage' as const },
]
const updates = [
  updateSeen({ id: 'u4', seq: 4, status: 'monitoring', publishedAt: at('14:40') }),
  updateSeen({ id: 'u3', seq: 3, status: 'monitoring', publishedAt: at('14:30'), corrections: [correctionSeen()] }),
  updateSeen({ id: 'u2', seq: 2, status: 'identified', publishedAt: at('14:15') }),
  updateSeen({ id: 'u1', seq: 1, affected }),
]
const incident = incidentSeen({
  status: 'monitoring',
  components: [{ id: 'cmp000000001', status: 'major_outage' }],
  updates,
})
const resolved = incidentSeen({
  id: 'inc000000002',
  status: 'resolved',
  resolvedAt: at('12:00'),
  createdAt: at('11:00'),
  nextUpdateDueAt: null,
  changed: { revision: 5, at: at('12:00') },
})
const running = maintenanceSeen({
  id: 'mnt000000002',
  status: 'verifying',
  startedAt: at('12:00'),
  componentIds: ['cmp000000002'],
})
const coming = maintenanceSeen()
const off = maintenanceSeen({
  id: 'mnt000000003',
  status: 'cancelled',
  endedAt: at('11:00'),
  changed: { revision: 6, at: at('11:00') },
  updates: [maintenanceUpdateSeen({ seq: 2, step: 'cancelled', status: 'cancelled', publishedAt: at('11:00') })],
})
const snapshot = snapshotOf({
  groups: [groupSeen()],
  components: [
    componentSeen({ groupId: 'grp000000001', status: 'major_outage' }),
    componentSeen({ id: 'cmp000000002', name: 'Billing', status: 'under_maintenance' }),
  ],
  open: [incident],
  recent: [resolved],
  newest: [incident, resolved],
  maintenances: [running, coming],
  recentMaintenances: [off],
  newestMaintenances: [coming, off, running],
})
const documents = statuspageDocuments(snapshot, ADDRESS)
const summary = documents['summary.json']

describe('the documents of Statuspage v2', () => {
  it.each(Object.keys(documents))('%s has exactly the fields that Statuspage has, no more and no fewer', (name) => {
    expectShape(documents[name as keyof typeof documents], DOCUMENT_FIELDS[name]!)
  })

  it("an incident's own document has them too", () => {
    expectShape(incidentDocument(snapshot, ADDRESS, incident), ['incident', 'page'])
    expect(Object.keys(documents)).toHaveLength(8)
  })

  it('hold what belongs to them', () => {
    const ids = (list: { id: string }[]) => list.map(({ id }) => id)
    expect(ids(summary.incidents)).toEqual(['inc000000001'])
    expect(ids(summary.scheduled_maintenances)).toEqual(['mnt000000002', 'mnt000000001'])
    expect(ids(documents['incidents.json'].incidents)).toEqual(['inc000000001', 'inc000000002'])
    expect(ids(documents['incidents/unresolved.json'].incidents)).toEqual(['inc000000001'])
    expect(ids(documents['scheduled-maintenances.json'].scheduled_maintenances)).toEqual([
      'mnt000000001',
      'mnt000000003',
      'mnt000000002',
    ])
    expect(ids(documents['scheduled-maintenances/upcoming.json'].scheduled_maintenances)).toEqual(['mnt000000001'])
    expect(ids(documents['scheduled-maintenances/active.json'].scheduled_maintenances)).toEqual(['mnt000000002'])
  })

  it('are not moved by the turn of a day', () => {
    const day = { revision: 99, at: new Date('2026-11-13T00:00:00.000Z') }
    const tomorrow = { ...snapshot, last: day, lastOf: { ...snapshot.lastOf, day } }
    expect(statuspageDocuments(tomorrow, ADDRESS)).toEqual(documents)
  })

  it('of a single incident changes with that incident only', () => {
    const moved = { revision: 99, at: at('23:00') }
    const later = { ...snapshot, last: moved, lastOf: { ...snapshot.lastOf, incident: moved, maintenance: moved } }
    const document = incidentDocument(later, ADDRESS, resolved)
    expect(document).toEqual(incidentDocument(snapshot, ADDRESS, resolved))
    expect(document.page.updated_at).toBe('2026-11-12T12:00:00.000Z')
  })
})

describe('summary.json', () => {
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
    const quiet = statuspageDocuments({ ...snapshot, open: [{ ...incident, retracted: true }] }, ADDRESS)
    expect(quiet['summary.json'].incidents[0]!.impact).toBe('none')
  })

  it('moves the time of an update when it is corrected, and no other', () => {
    const told = summary.incidents[0]!.incident_updates[1]!
    expect(told.updated_at).toBe('2026-11-12T14:10:00.000Z')
    expect([told.created_at, told.display_at]).toEqual(['2026-11-12T14:30:00.000Z', '2026-11-12T14:30:00.000Z'])
  })
})

describe('a scheduled maintenance', () => {
  const [planned, cancelled, active] = documents['scheduled-maintenances.json'].scheduled_maintenances

  it('is an incident with a window, the impact of maintenance and a short link', () => {
    expect(active).toMatchObject({
      status: 'verifying',
      impact: 'maintenance',
      shortlink: 'https://status.example.com/m/mnt000000002',
      scheduled_for: '2026-11-12T22:00:00.000Z',
      scheduled_until: '2026-11-12T23:59:00.000Z',
      started_at: '2026-11-12T12:00:00.000Z',
      resolved_at: null,
    })
    expect(active!.components.map(({ name }) => name)).toEqual(['Billing'])
    expect(planned).toMatchObject({ status: 'scheduled', started_at: '2026-11-12T22:00:00.000Z' })
    expect(planned!.incident_updates[0]).toMatchObject({ incident_id: 'mnt000000001', status: 'scheduled' })
  })

  it('that was called off is completed: there is no other word that lets nobody wait for it', () => {
    expect(cancelled).toMatchObject({ status: 'completed', resolved_at: '2026-11-12T11:00:00.000Z' })
    expect(cancelled!.incident_updates[0]!.status).toBe('completed')
  })
})
