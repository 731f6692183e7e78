import type { PublicPages, SubscriptionPages } from '../../api/domain/pages.ts'
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

type Pages = PublicPages & SubscriptionPages
type Sample = { [Route in keyof Pages]: [route: Route, page: Pages[Route]] }[keyof Pages]

const wrongCode = { field: 'code', code: 'code_invalid', message: 'That is not the code.' }
const noConsent = { field: 'consent', code: 'consent_required', message: 'Tick the box to agree.' }
const badNumber = { field: 'address', code: 'invalid', message: 'Give the country code.' }
const refusedForm = {
  channel: 'sms',
  address: '"><b>12345',
  components: ['c0mp0nent003'],
  minSeverity: 'SEV2',
  events: 'milestones',
  consent: false,
} as const

/** Every page of the site in the states that matter, by a name for the test's title. */
export const SAMPLES: Record<string, Sample> = {
  wrong: ['/', homeWrong],
  late: ['/', homeLate],
  quiet: ['/', homeQuiet],
  empty: ['/', homeEmpty],
  crowded: ['/', homeCrowded],
  'open incident': ['/incident', incidentOpen],
  'late incident': ['/incident', incidentLate],
  'resolved incident': ['/incident', incidentResolved],
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
  confirm: ['/subscription/confirm', { company: northwind, step: 'ask', action: '/c?token=x&y', incidents: [] }],
  confirmed: ['/subscription/confirm', { company: northwind, step: 'done', action: '/c?token=x', incidents: [signIn] }],
  unsubscribe: ['/subscription/unsubscribe', { company: northwind, step: 'ask', action: '/u?token=x' }],
  unsubscribed: ['/subscription/unsubscribe', { company: northwind, step: 'done', action: '/u?token=x' }],
  gone: ['/subscription/gone', { company: northwind }],
  refused: [
    '/subscription/refused',
    {
      company: northwind,
      groups: subscribe.groups,
      form: { ...refusedForm, components: [...refusedForm.components] },
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
