import type {
  EndpointPage,
  ManagePage,
  PreferenceForm,
  PublicPages,
  SubscribeForm,
  SubscriptionPages,
} from '../../api/domain/pages.ts'
import {
  componentSound,
  componentTroubled,
  componentYoung,
  historyFirst,
  historyIndex,
  historyMonth,
  historyQuiet,
} from './history-samples.ts'
import {
  homeArabic,
  homeHuge,
  homeLong,
  homeMaintained,
  homeThirty,
  homeUngrouped,
  incidentCorrected,
} from './page-extremes.ts'
import {
  homeCrowded,
  homeEmpty,
  homeLate,
  homeQuiet,
  homeWrong,
  incidentLate,
  incidentOpen,
  incidentResolved,
  northwind,
  signIn,
  subscribe,
} from './pages.ts'
import {
  maintenanceDonePage,
  maintenanceList,
  maintenanceListEmpty,
  maintenanceOffPage,
  maintenanceRunningPage,
  maintenanceScheduledPage,
} from './planned-work-samples.ts'

type Pages = PublicPages & SubscriptionPages
type Sample = { [Route in keyof Pages]: [route: Route, page: Pages[Route]] }[keyof Pages]

const wrongCode = { field: 'code', code: 'code_invalid', message: 'That is not the code.' }
const noConsent = { field: 'consent', code: 'consent_required', message: 'Tick the box to agree.' }
const badNumber = { field: 'address', code: 'invalid', message: 'Give the country code.' }
const chosen: PreferenceForm = {
  components: ['c0mp0nent003'],
  groups: [],
  minSeverity: 'SEV2',
  events: 'milestones',
  maintenance: false,
  locale: 'ar',
  timeZone: 'Europe/Berlin',
  quietFrom: '22:00',
  quietTo: '07:00',
}
const refusedForm: SubscribeForm = {
  ...chosen,
  channel: 'sms',
  address: '"><b>12345',
  consent: false,
  contact: '',
  incident: null,
}
const endpoint: EndpointPage = {
  company: northwind,
  state: 'active',
  address: 'https://hooks.example.com/***',
  failingSince: null,
  action: '/subscriptions/endpoint?token=x&y',
  fresh: null,
  attempts: [
    { at: '2026-11-12T14:06:00.000Z', status: 500, code: '500', excerpt: '<b>Traceback</b> & more' },
    { at: '2026-11-12T14:05:00.000Z', status: null, code: 'timeout', excerpt: null },
    { at: '2026-11-12T14:04:00.000Z', status: 204, code: null, excerpt: null },
  ],
}
const own = 'https://sitrep.northwind.example/subscriptions'
const links = {
  save: `${own}/manage?token=x`,
  pause: `${own}/manage/pause?token=x`,
  data: `${own}/manage/data?token=x`,
  erase: `${own}/manage/erase?token=x`,
  unsubscribe: `${own}/unsubscribe?token=x`,
}
const leaving = { company: northwind, action: '/u?token=x', address: 'j***@example.com', manageUrl: links.save }
const managed: ManagePage = {
  company: northwind,
  channel: 'email',
  address: 'j***@example.com',
  ended: false,
  hearsNothing: false,
  groups: subscribe.groups,
  form: chosen,
  errors: [],
  followed: [],
  onlyFollowed: false,
  pausedUntil: null,
  pauses: ['day', 'week', 'month'],
  notice: null,
  links,
}

/** Every page of the site in the states that matter, by a name for the test's title. */
export const SAMPLES: Record<string, Sample> = {
  wrong: ['/', homeWrong],
  late: ['/', homeLate],
  quiet: ['/', homeQuiet],
  empty: ['/', homeEmpty],
  unused: ['/', { ...homeEmpty, stamp: { revision: 0, at: '1970-01-01T00:00:00.000Z' } }],
  crowded: ['/', homeCrowded],
  thirty: ['/', homeThirty],
  huge: ['/', homeHuge],
  long: ['/', homeLong],
  'right to left': ['/', homeArabic],
  ungrouped: ['/', homeUngrouped],
  maintained: ['/', homeMaintained],
  'open incident': ['/incident', incidentOpen],
  'late incident': ['/incident', incidentLate],
  'resolved incident': ['/incident', incidentResolved],
  'corrected incident': ['/incident', incidentCorrected],
  'component in trouble': ['/component', componentTroubled],
  'sound component': ['/component', componentSound],
  'young component': ['/component', componentYoung],
  'history index': ['/history', historyIndex],
  'history of the first day': ['/history', historyFirst],
  'history month': ['/history', historyMonth],
  'quiet month': ['/history', historyQuiet],
  'maintenance list': ['/maintenance-list', maintenanceList],
  'no maintenance': ['/maintenance-list', maintenanceListEmpty],
  'scheduled maintenance': ['/maintenance', maintenanceScheduledPage],
  'running maintenance': ['/maintenance', maintenanceRunningPage],
  'completed maintenance': ['/maintenance', maintenanceDonePage],
  'cancelled maintenance': ['/maintenance', maintenanceOffPage],
  subscribe: ['/subscribe', subscribe],
  'not found': ['/404', { company: northwind, stamp: subscribe.stamp }],
  'pending by email': [
    '/subscription/pending',
    { company: northwind, channel: 'email', address: 'jo@example.com', errors: [] },
  ],
  'pending by sms': [
    '/subscription/pending',
    { company: northwind, channel: 'sms', address: '+447700900123', errors: [wrongCode] },
  ],
  confirm: [
    '/subscription/confirm',
    { company: northwind, step: 'ask', action: '/c?token=x&y', incidents: [], manageUrl: null },
  ],
  confirmed: [
    '/subscription/confirm',
    { company: northwind, step: 'done', action: '/c?token=x', incidents: [signIn], manageUrl: links.save },
  ],
  unsubscribe: ['/subscription/unsubscribe', { ...leaving, step: 'ask' }],
  'unsubscribe for one': ['/subscription/unsubscribe', { ...leaving, step: 'kept' }],
  unsubscribed: ['/subscription/unsubscribe', { ...leaving, step: 'done' }],
  follow: ['/subscription/follow', { company: northwind, incident: { id: signIn.id, title: signIn.title } }],
  manage: ['/subscription/manage', managed],
  'manage what is followed': [
    '/subscription/manage',
    {
      ...managed,
      followed: [{ id: signIn.id, title: signIn.title }],
      onlyFollowed: true,
      pausedUntil: '2026-11-20T10:00:00.000Z',
      notice: 'paused',
    },
  ],
  'manage refused': [
    '/subscription/manage',
    {
      ...managed,
      errors: [
        { field: 'time_zone', code: 'invalid', message: 'Use an IANA time zone.' },
        { field: 'quiet_hours.to', code: 'required', message: 'This field is required.' },
        { field: 'address', code: 'address_differs', message: 'This link belongs to another address.' },
      ],
    },
  ],
  'manage what has ended': ['/subscription/manage', { ...managed, ended: true }],
  erase: ['/subscription/erase', { company: northwind, step: 'ask', action: links.erase, address: managed.address }],
  erased: ['/subscription/erase', { company: northwind, step: 'done', action: links.erase, address: '' }],
  'pending by webhook': [
    '/subscription/pending',
    { company: northwind, channel: 'webhook', address: 'https://hooks.example.com/x', errors: [] },
  ],
  'failing endpoint': [
    '/subscription/endpoint',
    { ...endpoint, state: 'failing', failingSince: '2026-11-12T14:04:00.000Z' },
  ],
  'disabled endpoint': ['/subscription/endpoint', { ...endpoint, state: 'disabled', attempts: [] }],
  'ended endpoint': ['/subscription/endpoint', { ...endpoint, state: 'ended' }],
  'endpoint with a new secret': [
    '/subscription/endpoint',
    { ...endpoint, fresh: { secret: `whsec_${'A'.repeat(43)}=`, oldSecretUntil: '2026-11-13T14:04:00.000Z' } },
  ],
  gone: ['/subscription/gone', { company: northwind, why: 'old_text' }],
  incomplete: ['/subscription/gone', { company: northwind, why: 'incomplete' }],
  refused: [
    '/subscription/refused',
    {
      company: northwind,
      groups: subscribe.groups,
      form: refusedForm,
      errors: [badNumber, noConsent],
    },
  ],
}

/** What is left of a page without styles and markup: what everybody can read. */
export const textOf = (page: string): string =>
  page
    .replace(/<(style|head)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
