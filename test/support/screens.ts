import { defaultPolicy } from '../../api/domain/cadence.ts'
import { EXAMPLE_AT, exampleOf } from '../../api/domain/cadence-preview.ts'
import type { CadencePreview } from '../../api/domain/cadence-screen.ts'
import { stripLine } from '../../api/domain/console-lines.ts'
import { type IncidentFacts, incidentMetrics, measured as measuredAt } from '../../api/domain/metrics.ts'
import type { ConsoleScreens, DraftRow, OpenIncident, PersonRow } from '../../api/domain/screens.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { cadenceFields } from '../../api/http/console/cadence-fields.ts'
import type { Renderer } from '../../api/publish/renderer.ts'
import { smallApi } from './api-document.ts'
import { audiences, contoso, noAudiences, refusedAudiences } from './audience-samples.ts'
import { boardScreen, darkBoard } from './boards.ts'
import { briefingRule, briefingRules, readBriefingRules } from './briefing-rule-samples.ts'
import {
  brief,
  briefing,
  briefingPreviewedRoom,
  briefingRoom,
  calmBrief,
  decidedBriefing,
  lastBriefingRoom,
} from './briefing-samples.ts'
import { askingRoom, longRoom, previewedInside, previewedRoom } from './composer-samples.ts'
import {
  alertSources,
  illHealth,
  refusedAlertSource,
  timelineScreen,
  tiredRoom,
  unledRoom,
  wellHealth,
  wornRoom,
} from './crew-samples.ts'
import { awaitingRoom, heldBackRead, heldBackRoom, internalRoom, toApproveRoom } from './held-samples.ts'
import {
  maintenance,
  maintenances,
  maintenancesEmpty,
  overMaintenance,
  plan,
  refusedMaintenance,
  refusedPlan,
} from './maintenance-samples.ts'
import { heldRoom } from './pause-samples.ts'
import {
  at,
  correctedRoom,
  empty,
  facts,
  groups,
  guardedRoom,
  lateRoom,
  now,
  outside,
  overtakenRoom,
  quietRoom,
  refusedRoom,
  resolvedRoom,
  room,
  SIGN_IN,
  shell,
} from './room.ts'
import { ownTemplate, readTemplate, ready, template, templates } from './template-samples.ts'

/** Each screen of the console at Northwind Cloud, made by hand, with the cases that look different. */

const strip = (startedAt: string, spokeAt: string[], dueAt: string | null) =>
  stripLine({
    startedAt: new Date(startedAt),
    spokeAt: spokeAt.map((time) => new Date(time)),
    dueAt: dueAt === null ? null : new Date(dueAt),
    now: new Date(now),
  })

export const lateIncident: OpenIncident = {
  id: 'exp0rts00001',
  title: 'Nightly exports are late for some warehouses',
  severity: 'SEV3',
  status: 'identified',
  visibility: 'internal',
  components: [],
  commander: { name: 'Jonas Lind', isViewer: false },
  startedAt: at('12:33'),
  dueAt: at('14:33:08'),
  late: true,
  lastAlert: { at: at('14:36'), to: ['Priya Nair'] },
  line: strip(at('12:33'), [at('12:35'), at('13:03'), at('13:30'), at('14:00')], at('14:33:08')),
}

export const openIncident: OpenIncident = {
  id: SIGN_IN,
  title: 'Sign-in fails for most customers',
  severity: 'SEV1',
  status: 'identified',
  visibility: 'public',
  components: ['Login', 'Dashboard'],
  commander: { name: 'Priya Nair', isViewer: true },
  startedAt: at('13:56'),
  dueAt: at('14:45'),
  late: false,
  lastAlert: null,
  line: strip(at('13:56'), [at('14:04'), at('14:15'), at('14:30')], at('14:45')),
}

const slowIncident: OpenIncident = {
  ...openIncident,
  id: 'charts000001',
  title: 'Charts on the dashboard load slowly',
  severity: 'SEV4',
  status: 'monitoring',
  visibility: 'internal',
  components: ['Charts'],
  commander: null,
  startedAt: at('09:27'),
  dueAt: at('15:59:40'),
  line: strip(at('09:27'), [at('09:40'), at('11:58'), at('12:59')], at('15:59:40')),
}

export const priya: PersonRow = {
  id: 'p3rs0n000001',
  name: 'Priya Nair',
  email: 'priya@northwind.example',
  emailProvenAt: at('08:12'),
  phone: '+4915123456789',
  phoneProvenAt: null,
  role: 'admin',
  active: true,
}

const tom: PersonRow = {
  ...priya,
  id: 'p3rs0n000002',
  name: 'Tom Okafor',
  email: 'tom@northwind.example',
  phone: null,
  role: 'responder',
  emailProvenAt: null,
}

export const home: ConsoleScreens['console/home'] = {
  shell,
  incidents: [lateIncident, openIncident, slowIncident],
  drafts: [],
  lastResolvedAt: '2026-11-07T11:02:00.000Z',
  health: wellHealth,
  onTheWay: [
    { channel: 'email', now: 1_204, later: 12 },
    { channel: 'sms', now: 3, later: 0 },
  ],
}

export const draftOfAlerts: DraftRow = {
  id: 'dr4ft0000001',
  title: 'Checkout answers slowly',
  source: 'Alertmanager Frankfurt',
  detectedAt: at('14:31'),
  firing: 2,
  alertCount: 3,
}

export const declare: ConsoleScreens['console/declare'] = {
  shell,
  draft: null,
  form: {
    values: {
      once: 'once00000001',
      visibility: 'public',
      started_at: '2026-11-12T14:37',
      body: 'We are looking into a fault that affects customers. We will say more within minutes.',
    },
    errors: [],
  },
  groups,
  ready,
  reach: { SEV1: 14554, SEV2: 12408, SEV3: 6200, SEV4: 12 },
  firstUpdateSeconds: { SEV1: 300, SEV2: 300, SEV3: 900, SEV4: null },
}

export const refusedDeclare: ConsoleScreens['console/declare'] = {
  ...declare,
  form: {
    values: {
      ...declare.form.values,
      severity: 'SEV2',
      title: 'Sign-in\u0007',
      'component:c0mp0nent005': 'major_outage',
    },
    errors: [{ field: 'title', code: 'control_characters', message: 'Use no control characters.' }],
  },
}

const record = (id: string, name: string, shown: 'operational' | 'major_outage' = 'operational') => ({
  id,
  name,
  description: 'For everybody',
  groupId: null,
  status: 'operational' as const,
  shown,
  audienceIds: [],
  heldBy: shown === 'operational' ? [] : [{ id: openIncident.id, title: openIncident.title, status: shown }],
})

export const components: ConsoleScreens['console/components'] = {
  shell: { ...shell, notice: 'component_changed' },
  groups: [
    {
      id: null,
      name: null,
      components: [record('c0mp0nent001', 'Login', 'major_outage'), record('c0mp0nent002', 'Dashboard')],
    },
    {
      id: 'gr0up0000001',
      name: 'Storage',
      components: [{ ...record('c0mp0nent004', 'Storage EU'), audienceIds: [contoso.id] }],
    },
    { id: 'gr0up0000002', name: 'Regions', components: [] },
  ],
  audiences: [contoso],
  adding: empty,
  grouping: empty,
  editing: {
    id: 'c0mp0nent002',
    form: {
      values: { name: '', description: 'Charts and lists', group_id: 'gr0up0000001', status: 'partial_outage' },
      errors: [{ field: 'name', code: 'required', message: 'Give it a name.' }],
    },
  },
}

export const people: ConsoleScreens['console/people'] = {
  shell,
  people: [priya, tom, { ...tom, id: 'p3rs0n000003', name: 'Old Hand', active: false }],
  adding: empty,
  invitation: { name: 'Tom Okafor', url: 'https://sitrep.northwind.example/invitation?token=abc' },
}

const letter = {
  id: 'd3l1very0001',
  at: at('14:30:04'),
  channel: 'email' as const,
  purpose: 'update',
  to: 'j***@example.com',
  summary: 'Sign-in fails for most customers (Northwind Cloud)',
}

export const mailbox: ConsoleScreens['console/mailbox'] = {
  shell: { ...shell, banners: [{ kind: 'hint', text: 'No carrier is set up: messages go to the mailbox.' }] },
  messages: [
    letter,
    {
      ...letter,
      id: 'd3l1very0002',
      channel: 'sms',
      to: '+49***89',
      summary: 'Northwind SEV1 14:30 UTC: Sign-in fails.',
    },
  ],
  message: null,
  olderUrl: '/console/mailbox?cursor=abc',
}

export const openedLetter: ConsoleScreens['console/mailbox'] = {
  ...mailbox,
  message: {
    ...letter,
    headers: [
      { name: 'From', value: 'Northwind Cloud Status <status@northwind.example>' },
      { name: 'Subject', value: letter.summary },
    ],
    text: 'Identified. The cause is a change to our session store.\n\nNext update by 14:45 UTC.',
    htmlUrl: '/console/mailbox/d3l1very0001/html',
  },
}

const organisation: ConsoleScreens['console/organisation'] = {
  shell,
  changing: {
    values: {
      name: 'Northwind Cloud',
      short_name: 'Northwind',
      support_url: 'mailto:help@northwind.example',
      postal_address: '1 Harbour Road, Bristol',
      time_zone: 'Europe/London',
    },
    errors: [],
  },
}

const keys: ConsoleScreens['console/keys'] = {
  shell,
  keys: [
    {
      id: 'key000000001',
      name: 'Alertmanager in Frankfurt and everything that stands beside it',
      prefix: 'sitrep_a1b2c',
      role: 'responder',
      person: 'Priya Nair',
      madeAt: '2026-10-01T09:00:00.000Z',
      lastUsedAt: '2026-11-12T13:59:00.000Z',
      revokedAt: null,
    },
    {
      id: 'key000000002',
      name: 'Old script',
      prefix: 'sitrep_z9y8x',
      role: 'admin',
      person: null,
      madeAt: '2026-01-01T09:00:00.000Z',
      lastUsedAt: null,
      revokedAt: '2026-02-01T09:00:00.000Z',
    },
  ],
  moreUrl: null,
  making: empty,
  made: { name: 'Old script', key: 'sitrep_abcdefghijklmnopqrstuvwxyz0123456789' },
}

const audit: ConsoleScreens['console/audit'] = {
  shell,
  acts: [
    {
      at: '2026-11-12T13:59:00.000Z',
      actor: 'Priya Nair',
      actorKind: 'person',
      action: 'cadence.changed',
      subject: { kind: 'cadence', id: null },
      changes: [
        { field: 'version', before: '3', after: '4' },
        {
          field: 'postal_address',
          before: null,
          after: '{"a":"<b>long</b> value that nobody can break anywhere at all"}',
        },
      ],
      ip: '192.0.2.7',
    },
    {
      at: '2026-11-11T13:59:00.000Z',
      actor: null,
      actorKind: 'public',
      action: 'subscription.ended',
      subject: { kind: 'subscriber', id: 'subscriber01' },
      changes: [],
      ip: null,
    },
  ],
  olderUrl: '/console/audit?before=abc',
}

const subscribers: ConsoleScreens['console/subscribers'] = {
  shell,
  counts: [
    { channel: 'email', count: 12_322 },
    { channel: 'sms', count: 41 },
  ],
  filter: empty,
  subscribers: [
    {
      id: 'subscriber01',
      channel: 'email',
      address: 'a.very.long.name.of.somebody.who.reads@a-department.of-a-customer.example.com',
      state: 'active',
      chosen: ['Login', 'Payments'],
      minSeverity: 'SEV2',
      milestonesOnly: true,
      onlyFollowed: false,
      since: '2026-11-01T09:00:00.000Z',
      pausedUntil: '2026-12-01T09:00:00.000Z',
      endedAt: null,
      consentSource: 'form',
    },
    {
      id: 'subscriber02',
      channel: 'webhook',
      address: 'https://hooks.example.com/sitrep',
      state: 'disabled',
      chosen: [],
      minSeverity: 'SEV4',
      milestonesOnly: false,
      onlyFollowed: true,
      since: '2026-10-01T09:00:00.000Z',
      pausedUntil: null,
      endedAt: '2026-11-10T09:00:00.000Z',
      consentSource: null,
    },
  ],
  moreUrl: '/console/subscribers?after=abc',
  exportUrl: '/console/subscribers/export?',
}

const suppressions: ConsoleScreens['console/suppressions'] = {
  shell,
  suppressions: [
    {
      id: 'suppression1',
      channel: 'email',
      address: 'a***@example.com',
      reason: 'bounce',
      source: 'dsn',
      code: '5.1.1',
      at: '2026-11-12T13:00:00.000Z',
      lifted: null,
    },
    {
      id: 'suppression2',
      channel: 'sms',
      address: null,
      reason: 'opted_out',
      source: 'twilio',
      code: '21610',
      at: '2026-11-11T13:00:00.000Z',
      lifted: null,
    },
    {
      id: 'suppression3',
      channel: 'email',
      address: 'c***@example.com',
      reason: 'manual',
      source: 'person',
      code: null,
      at: '2026-10-12T13:00:00.000Z',
      lifted: { at: '2026-10-13T13:00:00.000Z', by: 'Ada' },
    },
  ],
  olderUrl: '/console/suppressions?before=abc',
  replies: [
    { id: 'rep000000001', address: '+4915112345678', text: 'please stop texting me', at: '2026-11-12T13:50:00.000Z' },
  ],
  adding: empty,
}

/** One case of a screen: how its file is called, and how it is rendered. */
export interface ScreenCase {
  name: string
  render(renderer: Renderer<ConsoleScreens>): Promise<string>
}

const screen = <Route extends keyof ConsoleScreens>(
  name: string,
  route: Route,
  data: ConsoleScreens[Route],
): ScreenCase => ({ name, render: (renderer) => renderer.render(route, data) })

const range = { since: new Date('2026-09-01T00:00:00Z'), until: new Date(now) }
const measuredFacts: IncidentFacts[] = [
  facts,
  { ...facts, id: 'exp0rts00001', title: 'Exports are late', severity: 'SEV3', detectedAt: new Date(at('13:02')) },
  {
    ...facts,
    id: 'charts000001',
    severity: 'SEV2',
    declaredAt: new Date('2026-10-02T07:10:00Z'),
    startedAt: new Date('2026-10-02T06:58:00Z'),
    detectedAt: null,
    acknowledgedAt: null,
    firstPublicUpdateAt: new Date('2026-10-02T08:20:00Z'),
    mitigatedAt: new Date('2026-10-02T10:20:00Z'),
    resolvedAt: new Date('2026-10-03T10:20:00Z'),
    nextUpdateDueAt: null,
    updates: [],
  },
  { ...facts, id: 'fal5ealarm01', retracted: true },
]
const measured = {
  since: '2026-09-01T00:00:00.000Z',
  until: now,
  metrics: incidentMetrics(
    measuredFacts.map((each) => measuredAt(each, new Date(now))),
    range,
  ),
}

export const metrics: ConsoleScreens['console/metrics'] = {
  shell,
  asked: { values: { since: '2026-09-01', until: '2026-11-12', severity: '' }, errors: [] },
  measured,
}

const cadence: ConsoleScreens['console/cadence'] = {
  shell,
  version: 1,
  preview: SEVERITIES.map((severity) => cadencePreview(severity)),
  unsaved: false,
  form: { values: cadenceFields(defaultPolicy()), errors: [] },
  people: [priya, tom].map(({ id, name }) => ({ id, name })),
  versions: [{ version: 1, at: at('09:12'), by: 'Priya Nair' }],
}

function cadencePreview(severity: Severity): CadencePreview {
  const { firstDueAt, every, monitoringEvery, silence, approval } = exampleOf(defaultPolicy(), severity, EXAMPLE_AT)
  return {
    severity,
    declaredAt: EXAMPLE_AT.toISOString(),
    firstDueAt: firstDueAt?.toISOString() ?? null,
    everySeconds: every && every / 1000,
    monitoringSeconds: monitoringEvery && monitoringEvery / 1000,
    dueAt: silence?.dueAt.toISOString() ?? null,
    rungs: (silence?.rungs ?? []).map(({ rung, at: time }) => ({
      ...rung,
      at: time.toISOString(),
      reminds: rung.name === 'reminder',
      people: rung.name === 'sponsor' ? [] : ['Priya Nair'],
      fellBack: rung.name === 'deputy',
    })),
    approvalSeconds: approval && approval / 1000,
    holdingNotice: false,
  }
}

export const cases: ScreenCase[] = [
  screen('sign-in', 'console/sign-in', { shell: outside, form: empty, ended: false, carried: null, returnTo: null }),
  screen('sign-in-ended', 'console/sign-in', {
    shell: outside,
    form: {
      values: { email: 'priya@northwind.example' },
      errors: [{ field: 'password', code: 'wrong', message: 'Email or password is wrong.' }],
    },
    ended: true,
    carried: {
      form: 'incident:k3f9a7c2m1qz',
      fields: { body: 'The EU <b>has</b> recovered.', 'component:c0mp0nent001': 'major_outage' },
    },
    returnTo: '/console/incidents/k3f9a7c2m1qz',
  }),
  screen('setup', 'console/setup', { shell: { ...outside, company: '' }, action: '/setup?token=abc', form: empty }),
  screen('invitation', 'console/invitation', {
    shell: outside,
    action: '/invitation?token=abc',
    person: { name: 'Tom Okafor', email: 'tom@northwind.example' },
    form: empty,
  }),
  screen('proof', 'console/proof', { shell: outside, action: '/proof?token=abc', channel: 'sms', address: '+49***89' }),
  screen('message', 'console/message', {
    shell,
    title: 'That link is used up',
    sentences: ['It worked once, or it is older than a day.', 'Ask for a new one.'],
    link: { href: '/console', text: 'To the console' },
  }),
  screen('home', 'console/home', home),
  screen('home-drafts', 'console/home', {
    ...home,
    drafts: [draftOfAlerts, { ...draftOfAlerts, id: 'dr4ft0000002', title: 'Disk is full', firing: 1, alertCount: 1 }],
  }),
  screen('declare-draft', 'console/declare', {
    ...declare,
    draft: {
      ...draftOfAlerts,
      alerts: [
        { title: 'Checkout answers slowly', url: 'https://grafana.northwind.example/alerting/1', firing: true },
        { title: 'Payments answer slowly', url: null, firing: false },
      ],
    },
    form: { ...declare.form, values: { ...declare.form.values, title: 'Checkout answers slowly' } },
  }),
  screen('home-calm', 'console/home', { ...home, incidents: [openIncident] }),
  screen('home-empty', 'console/home', {
    ...home,
    shell: {
      ...shell,
      banners: [{ kind: 'alarm', text: 'Neither mail nor SMS gets through; alerts reach nobody.' }],
    },
    incidents: [],
    health: illHealth,
    onTheWay: [],
  }),
  screen('declare', 'console/declare', declare),
  screen('declare-refused', 'console/declare', refusedDeclare),
  screen('incident', 'console/incident', room),
  screen('incident-late', 'console/incident', lateRoom),
  screen('incident-overtaken', 'console/incident', overtakenRoom),
  screen('incident-refused', 'console/incident', refusedRoom),
  screen('incident-resolved', 'console/incident', resolvedRoom),
  screen('incident-previewed', 'console/incident', previewedRoom),
  screen('incident-previewed-inside', 'console/incident', previewedInside),
  screen('incident-asking', 'console/incident', askingRoom),
  screen('incident-long', 'console/incident', longRoom),
  screen('incident-corrected', 'console/incident', correctedRoom),
  screen('incident-guarded', 'console/incident', guardedRoom),
  screen('incident-held', 'console/incident', heldRoom),
  screen('incident-internal', 'console/incident', internalRoom),
  screen('incident-held-back', 'console/incident', heldBackRoom),
  screen('incident-held-back-read', 'console/incident', heldBackRead),
  screen('incident-to-approve', 'console/incident', toApproveRoom),
  screen('incident-awaiting-approval', 'console/incident', awaitingRoom),
  screen('incident-quiet', 'console/incident', quietRoom),
  screen('incident-worn', 'console/incident', wornRoom(room)),
  screen('incident-tired', 'console/incident', tiredRoom(room)),
  screen('incident-unled', 'console/incident', unledRoom(room)),
  screen('timeline', 'console/timeline', timelineScreen(room)),
  screen('incident-briefing', 'console/incident', briefingRoom),
  screen('incident-briefing-previewed', 'console/incident', briefingPreviewedRoom),
  screen('incident-last-briefing', 'console/incident', lastBriefingRoom),
  screen('brief', 'console/brief', brief),
  screen('brief-calm', 'console/brief', calmBrief),
  screen('briefing', 'console/briefing', briefing),
  screen('briefing-decided', 'console/briefing', decidedBriefing),
  screen('briefing-rules', 'console/briefing-rules', briefingRules),
  screen('briefing-rules-read', 'console/briefing-rules', readBriefingRules),
  screen('briefing-rule', 'console/briefing-rule', briefingRule),
  screen('delivery', 'console/delivery', boardScreen(shell)),
  screen('delivery-dark', 'console/delivery', {
    ...boardScreen(shell),
    board: darkBoard,
    failures: null,
    moreUrl: null,
  }),
  screen('delivery-none', 'console/delivery', {
    ...boardScreen(shell),
    board: null,
    reasons: [],
    failures: null,
    moreUrl: null,
  }),
  screen('components', 'console/components', components),
  screen('audiences', 'console/audiences', audiences),
  screen('audiences-refused', 'console/audiences', refusedAudiences),
  screen('audiences-none', 'console/audiences', noAudiences),
  screen('maintenances', 'console/maintenances', maintenances),
  screen('maintenances-empty', 'console/maintenances', maintenancesEmpty),
  screen('plan-maintenance', 'console/plan-maintenance', plan),
  screen('plan-maintenance-refused', 'console/plan-maintenance', refusedPlan),
  screen('maintenance', 'console/maintenance', maintenance),
  screen('maintenance-refused', 'console/maintenance', refusedMaintenance),
  screen('maintenance-over', 'console/maintenance', overMaintenance),
  screen('people', 'console/people', people),
  screen('metrics', 'console/metrics', metrics),
  screen('metrics-none', 'console/metrics', {
    ...metrics,
    measured: { ...measured, metrics: incidentMetrics([], range) },
  }),
  screen('metrics-refused', 'console/metrics', {
    shell,
    asked: {
      values: { since: '2026-12-01', until: '2026-11-12', severity: '' },
      errors: [{ field: 'since', code: 'not_before_until', message: 'Use a since that lies before until.' }],
    },
    measured: null,
  }),
  screen('me', 'console/me', { shell: { ...shell, notice: 'test_alert_sent' }, person: priya }),
  screen('organisation', 'console/organisation', organisation),
  screen('organisation-refused', 'console/organisation', {
    shell,
    changing: {
      values: { ...organisation.changing.values, time_zone: 'Berlin' },
      errors: [{ field: 'time_zone', code: 'invalid', message: 'Use an IANA time zone, such as Europe/Berlin.' }],
    },
  }),
  screen('keys', 'console/keys', keys),
  screen('keys-none', 'console/keys', { ...keys, keys: [], made: null }),
  screen('alert-sources', 'console/alert-sources', alertSources(shell)),
  screen('alert-sources-refused', 'console/alert-sources', refusedAlertSource(shell)),
  screen('audit', 'console/audit', audit),
  screen('audit-empty', 'console/audit', { shell, acts: [], olderUrl: null }),
  screen('cadence', 'console/cadence', cadence),
  screen('cadence-read', 'console/cadence', {
    ...cadence,
    shell: { ...shell, may: { speak: true, administer: false } },
  }),
  screen('cadence-refused', 'console/cadence', {
    ...cadence,
    preview: null,
    unsaved: true,
    form: {
      values: { ...cadence.form.values, 'SEV1.public': 'soon', 'SEV1.ladder.0.to': '' },
      errors: [
        { field: 'SEV1.public', code: 'invalid', message: 'Use a number of minutes, such as 15.' },
        { field: 'SEV1.ladder.0.to', code: 'too_small', message: 'Name whom it tells.' },
      ],
    },
  }),
  screen('templates', 'console/templates', templates),
  screen('template', 'console/template', template),
  screen('template-read', 'console/template', readTemplate),
  screen('template-own', 'console/template', ownTemplate),
  screen('subscribers', 'console/subscribers', subscribers),
  screen('subscribers-none', 'console/subscribers', {
    ...subscribers,
    counts: [],
    filter: { values: { search: 'nobody@' }, errors: [] },
    subscribers: [],
    moreUrl: null,
  }),
  screen('suppressions', 'console/suppressions', suppressions),
  screen('suppressions-empty', 'console/suppressions', {
    shell,
    suppressions: [],
    replies: [],
    olderUrl: null,
    adding: {
      values: { channel: 'email', address: 'nobody' },
      errors: [
        { field: 'address', code: 'address_invalid', message: 'Use one email address, such as name@example.com.' },
      ],
    },
  }),
  screen('mailbox', 'console/mailbox', mailbox),
  screen('mailbox-message', 'console/mailbox', openedLetter),
  screen('release', 'console/release', {
    shell,
    held: {
      takenAt: '2026-11-12T12:00:00.000Z',
      restoredAt: '2026-11-12T14:20:00.000Z',
      openIncidents: 2,
      waiting: 1_204,
    },
  }),
  screen('release-nothing', 'console/release', { shell, held: null }),
  screen('docs', 'console/docs', { shell: outside, api: smallApi }),
]
