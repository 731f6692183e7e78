import { ladderLine } from '../../api/domain/console-lines.ts'
import { figuresOf, type IncidentFacts } from '../../api/domain/metrics.ts'
import type { IncidentScreen, PostedUpdate } from '../../api/domain/room.ts'
import type { ChoiceGroup, Form, Shell } from '../../api/domain/screen-parts.ts'
import { board } from './boards.ts'
import { crew, noCrew, warRoom } from './crew-samples.ts'
import { staffNotes } from './staff-samples.ts'

/** Northwind Cloud on 12 November 2026, seen from the console: the incident room of the drawings, made by hand. */

export const SIGN_IN = 'k3f9a7c2m1qz'

/** An instant of that day. */
export const at = (clock: string): string => `2026-11-12T${clock.length === 5 ? `${clock}:00` : clock}.000Z`

export const now = at('14:37:18')
export const empty: Form = { values: {}, errors: [] }

export const shell: Shell = {
  now,
  company: 'Northwind Cloud',
  siteUrl: 'https://status.northwind.example',
  viewer: { name: 'Priya Nair', role: 'admin' },
  may: { speak: true, administer: true },
  banners: [],
  notice: null,
}
export const outside: Shell = { ...shell, viewer: null, may: { speak: false, administer: false } }

export const groups: ChoiceGroup[] = [
  {
    name: null,
    components: [
      { id: 'c0mp0nent001', name: 'Login', status: 'operational' },
      { id: 'c0mp0nent002', name: 'Dashboard', status: 'operational' },
      { id: 'c0mp0nent003', name: 'API', status: 'operational' },
    ],
  },
  {
    name: 'Storage',
    components: [
      { id: 'c0mp0nent004', name: 'Storage EU', status: 'operational' },
      { id: 'c0mp0nent005', name: 'Storage US', status: 'degraded_performance' },
    ],
  },
]

const update = (said: Pick<PostedUpdate, 'seq' | 'at' | 'html'> & Partial<PostedUpdate>): PostedUpdate => ({
  id: `upd4te00000${said.seq}`,
  status: 'investigating',
  severity: 'SEV1',
  author: 'Priya Nair',
  body: 'We are looking into it.',
  corrections: [],
  deliveryUrl: `/console/incidents/${SIGN_IN}/deliveries/upd4te00000${said.seq}`,
  noChange: false,
  pageOnly: false,
  promiseKept: true,
  lateByMinutes: null,
  retractionReason: null,
  ...said,
})

const updates = [
  update({
    seq: 3,
    at: at('14:30:02'),
    status: 'identified',
    html: '<p>The cause is a change to our session store made at 13:55 UTC. We are rolling it back region by region: the EU is done, the US should be done by about 14:55 UTC.</p><p>If you are signed in, stay signed in. API keys and webhooks keep working.</p>',
  }),
  update({
    seq: 2,
    at: at('14:15:08'),
    promiseKept: false,
    lateByMinutes: 1,
    html: '<p>About 7 in 10 sign-ins fail, in every region, with passwords as well as single sign-on. People already signed in are not affected.</p>',
  }),
  update({
    seq: 1,
    at: at('14:04:11'),
    severity: 'SEV2',
    promiseKept: null,
    html: '<p>Since 13:56 UTC some customers cannot sign in to the dashboard. We are looking into it.</p>',
  }),
]

const rungs: IncidentScreen['rungs'] = [
  {
    name: 'due',
    at: at('14:45'),
    to: ['commander', 'comms_lead'],
    people: ['Priya Nair', 'Tom Okafor'],
    channels: ['sms', 'email'],
  },
  { name: 'deputy', at: at('14:50'), to: ['deputy', 'fallback'], people: ['Jonas Lind'], channels: ['sms', 'email'] },
  {
    name: 'sponsor',
    at: at('15:00'),
    to: ['executive_sponsor', 'everyone'],
    people: ['Ana Ruiz', 'everyone on duty'],
    channels: ['sms', 'email'],
  },
]

const line = (present: string) =>
  ladderLine({
    lastSpokeAt: new Date(at('14:30')),
    dueAt: new Date(at('14:45')),
    rungs: [
      { at: new Date(at('14:41:15')), to: ['commander', 'comms_lead'] },
      ...rungs.map((rung) => ({ ...rung, at: new Date(rung.at) })),
    ],
    now: new Date(present),
  })

/** The room of the SEV1, seven minutes before its promise. */
const spoke = (time: string, answered: string, promised: string) => ({
  status: 'investigating' as const,
  publishedAt: new Date(at(time)),
  answeredDueAt: new Date(at(answered)),
  nextUpdateDueAt: new Date(at(promised)),
  noChange: false,
})

/** What is measured of the room's incident. */
export const facts: IncidentFacts = {
  id: SIGN_IN,
  title: 'Sign-in fails for most customers',
  severity: 'SEV1',
  retracted: false,
  merged: false,
  startedAt: new Date(at('13:56')),
  detectedAt: new Date(at('13:58')),
  declaredAt: new Date(at('14:00')),
  acknowledgedAt: new Date(at('14:00')),
  firstPublicUpdateAt: new Date(at('14:04:11')),
  mitigatedAt: null,
  resolvedAt: null,
  nextUpdateDueAt: new Date(at('14:45')),
  updates: [
    spoke('14:04:11', '14:05', '14:14'),
    spoke('14:15:08', '14:14', '14:30:08'),
    spoke('14:30:02', '14:30:08', '14:45'),
  ],
}
const figures = figuresOf([facts], new Date(now))

export const room: IncidentScreen = {
  shell,
  incident: {
    id: SIGN_IN,
    title: 'Sign-in fails for most customers',
    severity: 'SEV1',
    status: 'identified',
    phase: 'mitigate',
    visibility: 'public',
    startedAt: at('13:56'),
    resolvedAt: null,
    dueAt: at('14:45'),
    late: false,
    retracted: false,
    publicUrl: `https://status.northwind.example/incidents/${SIGN_IN}`,
    commander: { name: 'Priya Nair', isViewer: true, since: at('14:00'), age: 'fresh' },
    roles: [
      { role: 'deputy', name: null, isViewer: false },
      { role: 'comms_lead', name: 'Tom Okafor', isViewer: false },
      { role: 'scribe', name: 'Lena Fischer', isViewer: false },
      { role: 'subject_expert', name: 'Marek Dvořák', isViewer: false },
      { role: 'executive_sponsor', name: null, isViewer: false },
    ],
  },
  crew,
  warRoom,
  line: line(now),
  held: null,
  composer: {
    form: {
      values: {
        status: 'identified',
        body: 'The EU has recovered: sign-in works there again. In the US the roll-back is at 40% and should finish by 14:55 UTC.\n\nIf you are signed in, stay signed in. API keys and webhooks keep working.',
        next_update_in: 'PT15M',
        severity: 'SEV1',
        severity_reason: '',
        'component:c0mp0nent001': 'major_outage',
        'component:c0mp0nent002': 'degraded_performance',
      },
      errors: [],
    },
    ready: {
      groups: [
        { of: 'investigating', options: [{ id: 'templ4te0003', name: 'Investigating reports' }] },
        { of: 'resolved', options: [{ id: 'templ4te0001', name: 'Over' }] },
      ],
      gaps: { blanks: [], facts: [] },
    },
    version: 9,
    seq: 4,
    reach: { update: 14554, resolution: 14554 },
    approval: { SEV1: null, SEV2: null, SEV3: null, SEV4: null },
    promises: [
      { value: 'PT5M', seconds: 300 },
      { value: 'PT10M', seconds: 600 },
      { value: 'PT15M', seconds: 900 },
      { value: 'PT30M', seconds: 1800 },
    ],
    limits: {
      SEV1: { open: 900, monitoring: 1800 },
      SEV2: { open: 1800, monitoring: 3600 },
      SEV3: { open: 3600, monitoring: 3600 },
      SEV4: { open: null, monitoring: null },
    },
    extended: { SEV1: null, SEV2: null, SEV3: { open: 4500, monitoring: 4500 }, SEV4: null },
    held: [
      { id: 'c0mp0nent001', name: 'Login', status: 'major_outage' },
      { id: 'c0mp0nent002', name: 'Dashboard', status: 'partial_outage' },
    ],
    others: [{ name: null, components: groups[0]!.components.slice(2) }, groups[1]!],
    savedAt: at('14:37:02'),
    overtakenBy: [],
  },
  preview: null,
  reopening: null,
  updates,
  correcting: { version: 7, refused: null },
  retracting: { version: 7, refused: null },
  merging: { version: 7, choices: [{ value: 'exp0rts00001', text: 'SEV3 Nightly exports are late' }], refused: null },
  goingPublic: null,
  delivery: board,
  figures,
  guarded: [],
  staffNotes,
  notingForStaff: empty,
  briefing: null,
  holdingNotice: true,
  rungs,
  alerted: false,
  alerts: [
    {
      name: 'reminder',
      at: at('14:26:15'),
      state: 'alerted',
      people: ['Priya Nair', 'Tom Okafor'],
      accepted: 4,
      failed: 0,
    },
  ],
  pausing: {
    held: [],
    longest: 900,
    mayTake: true,
    lengths: [
      { value: 'PT5M', seconds: 300 },
      { value: 'PT10M', seconds: 600 },
      { value: 'PT15M', seconds: 900 },
    ],
    refused: null,
  },
  timeline: [
    { at: at('14:36:05'), kind: 'note', text: 'EU success of sign-ins back at 99%.', by: 'Marek Dvořák' },
    { at: at('14:30:02'), kind: 'auto', text: 'Update 3 published, promise 14:45.', by: 'Priya Nair' },
    { at: at('14:21:30'), kind: 'note', text: 'Decision: roll back.\nDo not patch forward.', by: 'Priya Nair' },
    { at: at('14:15:08'), kind: 'auto', text: 'Update 2 published. Raised SEV2 → SEV1.', by: 'Priya Nair' },
    { at: at('14:05'), kind: 'handover', text: 'Command from Jonas Lind to Priya Nair: I am off.', by: 'Jonas Lind' },
    { at: at('14:04:11'), kind: 'auto', text: 'Update 1 published.', by: 'Priya Nair' },
    { at: '2026-11-11T23:58:20.000Z', kind: 'auto', text: 'Alert: sign-in success under 60%.', by: null },
  ],
  pinned: [{ at: at('14:12'), kind: 'pin', text: 'The vendor’s ticket is 4711.', by: 'Lena Fischer' }],
  olderTimelineUrl: null,
  noting: empty,
}

/** The same four minutes after the promise was broken. */
export const lateRoom: IncidentScreen = {
  ...room,
  shell: { ...shell, now: at('14:49:10') },
  incident: { ...room.incident, late: true },
  line: line(at('14:49:10')),
  rungs: rungs.slice(1),
  alerted: true,
  alerts: [
    { name: 'due', at: at('14:45:01'), state: 'alerted', people: ['Priya Nair', 'Tom Okafor'], accepted: 3, failed: 1 },
    ...room.alerts,
  ],
}

/** Refused because Tom posted first. */
export const overtakenRoom: IncidentScreen = {
  ...room,
  composer: {
    ...room.composer!,
    overtakenBy: [
      update({
        seq: 4,
        at: at('14:36:50'),
        status: 'identified',
        author: 'Tom Okafor',
        html: '<p>The EU has recovered.</p>',
      }),
    ],
  },
}

/** Refused because of what was asked. */
export const refusedRoom: IncidentScreen = {
  ...room,
  composer: {
    ...room.composer!,
    form: {
      values: { ...room.composer!.form.values, severity: 'SEV2', next_update_in: 'PT30M' },
      errors: [
        { field: 'severity_reason', code: 'required', message: 'Say why the severity changes.' },
        { field: 'body', code: 'too_long', message: 'Use at most 5,000 characters.' },
        { field: 'notify', code: 'unknown_field', message: 'There is no such field.' },
      ],
    },
  },
}

/** The second update was corrected, and a correction of the third refused. */
export const correctedRoom: IncidentScreen = {
  ...room,
  shell: { ...shell, notice: 'corrected' },
  updates: room.updates.map((said) =>
    said.seq !== 2
      ? said
      : {
          ...said,
          corrections: [
            {
              at: at('14:31:40'),
              author: 'Tom Okafor',
              reason: 'Support noticed that single sign-on works.',
              previousHtml: '<p>About 7 in 10 sign-ins fail, in every region, with passwords alone.</p>',
            },
          ],
        },
  ),
  correcting: {
    version: 7,
    refused: {
      updateId: 'upd4te000003',
      form: {
        values: { body: 'The cause is a change made at 13:55 UTC.', reason: '', notify: 'on' },
        errors: [{ field: 'reason', code: 'too_small', message: 'Write something here.' }],
      },
    },
  },
}

export const resolvedRoom: IncidentScreen = {
  ...room,
  incident: { ...room.incident, status: 'resolved', phase: 'review', resolvedAt: at('14:34'), dueAt: null },
  line: null,
  composer: null,
  merging: null,
  reopening: { values: { severity: 'SEV1', body: '' }, errors: [] },
  rungs: [],
  pausing: null,
  crew: { ...crew, handingOver: null },
}

export const quietRoom: IncidentScreen = {
  ...room,
  shell: { ...shell, viewer: { name: 'Eve Ray', role: 'viewer' }, may: { speak: false, administer: false } },
  incident: {
    ...room.incident,
    severity: 'SEV4',
    visibility: 'internal',
    dueAt: null,
    publicUrl: null,
    commander: null,
  },
  line: null,
  composer: null,
  correcting: null,
  merging: null,
  retracting: null,
  updates: [],
  delivery: null,
  rungs: [],
  alerts: [],
  pausing: { held: [], longest: null, mayTake: false, lengths: [], refused: null },
  crew: noCrew,
  warRoom: { links: warRoom.links, linking: null },
  timeline: [],
  pinned: [],
  staffNotes: [],
  notingForStaff: null,
  noting: null,
}

/** The seventh message in ten minutes waits for somebody to say that it is meant. */
export const guardedRoom: IncidentScreen = {
  ...room,
  shell: {
    ...shell,
    banners: [
      {
        kind: 'alarm',
        text: 'Sign-in fails for most customers: a message to 12,400 people waits for a second confirmation.',
        link: { href: `/console/incidents/${SIGN_IN}#guarded`, text: 'Send it, or drop it' },
      },
    ],
  },
  guarded: [
    {
      url: `/console/incidents/${SIGN_IN}/announcements/ann0uncem3nt`,
      kind: 'update',
      seq: 7,
      reach: 12_400,
      reason: 'many_lately',
      nth: 7,
      since: at('14:36:50'),
      until: at('15:06'),
      mayDecide: true,
    },
    {
      url: `/console/incidents/${SIGN_IN}/announcements/ann0uncem4nt`,
      kind: 'correction',
      seq: 6,
      reach: 12_400,
      reason: 'many_this_hour',
      nth: 8,
      since: at('14:37:02'),
      until: at('15:06'),
      mayDecide: false,
    },
  ],
}
