import type { AlertSourcesScreen } from '../../api/domain/alert-sources-screen.ts'
import type { IncidentScreen } from '../../api/domain/room.ts'
import type { Crew, WarRoomPart } from '../../api/domain/room-crew.ts'
import type { Shell } from '../../api/domain/screen-parts.ts'
import type { TimelineScreen } from '../../api/domain/screens.ts'
import type { HealthLine } from '../../api/domain/service-health.ts'

/** Who works on the incident of the drawings, where they meet, and what else stands beside the composer. */

const people = [
  { id: 'p3rs0n000002', name: 'Tom Okafor' },
  { id: 'p3rs0n000004', name: 'Jonas Lind' },
]

const roles = {
  deputy: '',
  comms_lead: 'p3rs0n000002',
  scribe: '',
  subject_expert: '',
  executive_sponsor: '',
}

export const crew: Crew = {
  version: 9,
  handingOver: { people, form: { values: {}, errors: [] }, refused: false },
  assigning: { people, form: { values: roles, errors: [] }, refused: false },
}

export const noCrew: Crew = { version: 9, handingOver: null, assigning: null }

export const warRoom: WarRoomPart = {
  links: [
    { kind: 'bridge', name: 'Call bridge', url: 'https://meet.northwind.example/k3f9' },
    { kind: 'channel', name: 'Chat channel', url: 'https://chat.northwind.example/inc-k3f9-sign-in' },
    {
      kind: 'document',
      name: 'Session store, all regions and everything that hangs from it',
      url: 'https://graphs.northwind.example/d/sessions',
    },
  ],
  linking: {
    form: {
      values: {
        bridge_url: 'https://meet.northwind.example/k3f9',
        channel_url: 'https://chat.northwind.example/inc-k3f9-sign-in',
        'documents.0.name': 'Session store, all regions and everything that hangs from it',
        'documents.0.url': 'https://graphs.northwind.example/d/sessions',
      },
      errors: [],
    },
    refused: false,
    rows: 3,
  },
}

/** The room of somebody who has commanded for too long, with each of the forms refused once. */
export const wornRoom = (room: IncidentScreen): IncidentScreen => ({
  ...room,
  incident: {
    ...room.incident,
    commander: { ...room.incident.commander!, since: '2026-11-12T11:27:00.000Z', age: 'too_long' },
  },
  crew: {
    ...crew,
    handingOver: {
      people,
      form: {
        values: { to_person_id: 'p3rs0n000004', note: '' },
        errors: [{ field: 'note', code: 'too_small', message: 'Write something here.' }],
      },
      refused: true,
    },
    assigning: {
      people,
      form: {
        values: roles,
        errors: [{ field: 'scribe', code: 'unknown', message: 'There is no active person p3rs0n000009.' }],
      },
      refused: true,
    },
  },
  warRoom: {
    ...warRoom,
    linking: {
      ...warRoom.linking!,
      form: {
        values: { ...warRoom.linking!.form.values, 'documents.1.name': 'Runbook', 'documents.1.url': 'file:///etc' },
        errors: [
          {
            field: 'documents.1.url',
            code: 'invalid_format',
            message: 'Use a web address that begins with https://.',
          },
        ],
      },
      refused: true,
    },
  },
  olderTimelineUrl: `/console/incidents/${room.incident.id}/timeline?before=abc`,
})

/** Nobody commands, nobody meets anywhere yet. */
export const unledRoom = (room: IncidentScreen): IncidentScreen => ({
  ...room,
  incident: { ...room.incident, commander: null },
  crew: { ...crew, handingOver: { ...crew.handingOver!, people: [] } },
  warRoom: { links: [], linking: { form: { values: {}, errors: [] }, refused: false, rows: 2 } },
  timeline: [],
})

/** Somebody else has commanded for an hour. */
export const tiredRoom = (room: IncidentScreen): IncidentScreen => ({
  ...room,
  incident: {
    ...room.incident,
    commander: { name: 'Jonas Lind', isViewer: false, since: '2026-11-12T13:32:00.000Z', age: 'long' },
    roles: room.incident.roles.map((each) => (each.role === 'scribe' ? { ...each, isViewer: true } : each)),
  },
})

export const timelineScreen = (room: IncidentScreen): TimelineScreen => ({
  shell: room.shell,
  incident: room.incident,
  timeline: room.timeline,
  olderUrl: `/console/incidents/${room.incident.id}/timeline?before=abc`,
  noting: {
    values: { text: 'Seen in the\u0007 logs' },
    errors: [{ field: 'text', code: 'invalid', message: 'Use plain text, without control characters.' }],
  },
})

const line = (check: HealthLine['check'], given: Partial<HealthLine> = {}): HealthLine => ({
  check,
  level: 'works',
  fact: 'ok',
  since: null,
  seconds: null,
  ...given,
})

export const wellHealth: HealthLine[] = [line('mail'), line('sms'), line('publisher'), line('cadence_scan')]

export const illHealth: HealthLine[] = [
  line('mail', { level: 'fails', fact: 'failing', since: '2026-11-12T14:02:00.000Z' }),
  line('sms', { level: 'look', fact: 'mailbox' }),
  line('publisher', { level: 'look', fact: 'behind', seconds: 75 }),
  line('cadence_scan', { level: 'fails', fact: 'silent', seconds: 300 }),
]

export const alertSources = (shell: Shell): AlertSourcesScreen => ({
  shell,
  sources: [
    {
      id: 'al3rtsource1',
      kind: 'alertmanager',
      name: 'Alertmanager Frankfurt',
      prefix: 'alert_a1b2c3',
      signed: false,
      madeAt: '2026-10-01T09:00:00.000Z',
      revokedAt: null,
    },
    {
      id: 'al3rtsource2',
      kind: 'grafana',
      name: 'Grafana',
      prefix: 'alert_z9y8x7',
      signed: true,
      madeAt: '2026-09-01T09:00:00.000Z',
      revokedAt: '2026-10-01T09:00:00.000Z',
    },
  ],
  moreUrl: null,
  making: { values: {}, errors: [] },
  made: {
    name: 'Alertmanager Frankfurt',
    key: 'alert_abcdefghijklmnopqrstuvwxyz0123456789',
    url: 'https://sitrep.northwind.example/hooks/alerts/alertmanager?key=alert_abcdefghijklmnopqrstuvwxyz0123456789',
  },
})

export const refusedAlertSource = (shell: Shell): AlertSourcesScreen => ({
  ...alertSources(shell),
  sources: [],
  made: null,
  making: {
    values: { kind: 'generic', name: 'Probe', 'mapping.id': 'check name' },
    errors: [{ field: 'mapping.id', code: 'invalid_format', message: 'Name the field by letters and dots.' }],
  },
})
