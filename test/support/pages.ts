import type {
  Company,
  HomePage,
  IncidentPage,
  IncidentView,
  SubscribePage,
  UpdateView,
} from '../../api/domain/pages.ts'
import type { Severity } from '../../api/domain/severity.ts'
import { choicesOf, groupsOf } from './component-samples.ts'

export { groupsOf }

/** Northwind Cloud on 12 November 2026: the company of the drawings, with its pages made by hand. */
export const northwind: Company = {
  name: 'Northwind Cloud',
  shortName: 'Northwind',
  supportUrl: 'mailto:support@northwind.example',
  postalAddress: null,
  termsUrl: 'https://northwind.example/terms',
  privacyUrl: 'https://northwind.example/privacy',
  logoSvg: '<svg viewBox="0 0 16 16"><path d="M8 0l5.5 15L8 11.8 2.5 15Z"/></svg>',
  siteUrl: 'https://status.northwind.example',
  apiUrl: 'https://sitrep.northwind.example',
}

/** An instant of that day. */
export const at = (clock: string, day = '2026-11-12'): string => `${day}T${clock}:00.000Z`

export const stamp = { revision: 218, at: at('14:37') }

type Said = Pick<UpdateView, 'seq' | 'at' | 'status' | 'html'> & Partial<UpdateView>

export const updateOf = (said: Said): UpdateView => ({
  id: `upd4te00000${said.seq % 10}`,
  severity: 'SEV1',
  headline: said.html.replace(/<[^>]+>/g, '').split('. ')[0]!,
  noChange: false,
  corrections: [],
  lateByMinutes: null,
  retractionReason: null,
  mergedInto: null,
  ...said,
})

const UPDATES = [
  updateOf({
    seq: 3,
    at: at('14:30'),
    status: 'identified',
    html: '<p>The cause is a change to our session store made at 13:55 UTC. We are rolling it back region by region: the EU is done, the US should be done by about 14:55 UTC.</p><p>If you are signed in, stay signed in. API keys and webhooks keep working.</p>',
  }),
  updateOf({
    seq: 2,
    at: at('14:15'),
    status: 'investigating',
    html: '<p>About 7 in 10 sign-ins fail, in every region, with passwords as well as single sign-on. We raised this from SEV2 to SEV1. People already signed in are not affected.</p>',
  }),
  updateOf({
    seq: 1,
    at: at('14:04'),
    status: 'investigating',
    severity: 'SEV2',
    html: '<p>Since 13:56 UTC some customers cannot sign in to the dashboard. We are looking into it.</p>',
  }),
]

/** The SEV1 under way, its next word promised for 14:45 UTC. */
export const signIn: IncidentView = {
  id: 'k3f9a7c2m1qz',
  title: 'Sign-in fails for most customers',
  severity: 'SEV1',
  status: 'identified',
  retracted: false,
  mergedInto: null,
  notices: [],
  startedAt: at('13:56'),
  resolvedAt: null,
  affected: [
    { name: 'Login', status: 'major_outage' },
    { name: 'Dashboard', status: 'partial_outage' },
  ],
  updates: UPDATES,
  promise: { dueAt: at('14:45'), late: false, teamAlerted: false },
}

const RESOLVING = [
  updateOf({
    seq: 7,
    at: at('15:32'),
    status: 'resolved',
    headline: 'For 96 minutes about 7 in 10 sign-ins failed, in every region; nothing was lost.',
    html: '<p>Sign-in has worked normally for 30 minutes in every region. If you still cannot sign in, clear the cookies of northwind.example and try again.</p>',
  }),
  updateOf({
    seq: 6,
    at: at('15:16'),
    status: 'monitoring',
    html: '<p>Success of sign-ins is at 99.8%, as on a normal Thursday. We are watching for another 15 minutes before we call it resolved.</p>',
  }),
  updateOf({
    seq: 5,
    at: at('15:01'),
    status: 'monitoring',
    html: '<p>The roll-back is complete in the EU and the US. Sign-in works again for everyone except customers with single sign-on in the US.</p>',
  }),
  updateOf({
    seq: 4,
    at: at('14:49'),
    status: 'identified',
    lateByMinutes: 4,
    html: '<p>The EU has recovered. In the US the roll-back is at 40% and we expect it to finish by 15:00 UTC. This update is later than we promised; we are sorry.</p>',
  }),
]

/** The same incident once it was over. */
export const signInResolved: IncidentView = {
  ...signIn,
  status: 'resolved',
  resolvedAt: at('15:32'),
  updates: [...RESOLVING, ...UPDATES],
  promise: null,
}

const webhooksDelayed: IncidentView = {
  id: 'w3bh00ks0001',
  title: 'Webhook deliveries delayed by up to 6 minutes',
  severity: 'SEV3',
  status: 'resolved',
  retracted: false,
  mergedInto: null,
  notices: [],
  startedAt: at('08:44', '2026-11-05'),
  resolvedAt: at('09:32', '2026-11-05'),
  affected: [{ name: 'Webhooks', status: 'degraded_performance' }],
  updates: [
    updateOf({
      seq: 2,
      at: at('09:32', '2026-11-05'),
      status: 'resolved',
      severity: 'SEV3',
      headline: 'A queue partition was moved; every delayed webhook was delivered.',
      html: '<p>A queue partition was moved; every delayed webhook was delivered.</p>',
    }),
  ],
  promise: null,
}

/** The home page while sign-in fails. */
export const homeWrong: HomePage = {
  company: northwind,
  stamp,
  state: 'major_outage',
  incidents: [signIn],
  groups: groupsOf(false),
  working: ['API and webhooks', 'Storage', 'Billing and email'],
  maintenances: [],
  past: [
    { kind: 'quiet', from: at('00:00', '2026-11-06'), to: at('00:00', '2026-11-11') },
    { kind: 'incident', day: at('00:00', '2026-11-05'), incident: webhooksDelayed },
  ],
}

/** The same, four minutes after the promise was broken. */
export const homeLate: HomePage = {
  ...homeWrong,
  stamp: { revision: 219, at: at('14:45') },
  incidents: [
    {
      ...signIn,
      promise: { dueAt: at('14:45'), late: true, teamAlerted: true },
      notices: [
        {
          id: 'n0t1ce000001',
          at: at('14:45'),
          words: {
            en: 'We promised an update by 14:45 UTC and have not given it. The incident is still open, and our last word is from 14:30 UTC. Nobody wrote this: it is sent by itself, once, when an update is late. We are sorry for the wait.',
            ar: 'وعدنا بتحديث بحلول 14:45 UTC ولم ننشره بعد. ما زال العطل قائمًا، وآخر ما قلناه كان في 14:30 UTC. لم يكتب هذا أحد: يُرسل تلقائيًا ومرة واحدة حين يتأخر تحديث موعود. نعتذر عن الانتظار.',
          },
        },
      ],
    },
  ],
}

/** All is well again, five days later. */
export const homeQuiet: HomePage = {
  company: northwind,
  stamp: { revision: 241, at: at('09:12', '2026-11-17') },
  state: 'operational',
  incidents: [],
  groups: groupsOf(true),
  working: [],
  maintenances: [],
  past: [
    { kind: 'quiet', from: at('00:00', '2026-11-13'), to: at('00:00', '2026-11-17') },
    { kind: 'incident', day: at('00:00'), incident: signInResolved },
    { kind: 'quiet', from: at('00:00', '2026-11-11'), to: at('00:00', '2026-11-11') },
  ],
}

/** A page on its first day: no component, no incident, no history, nothing given but the name. */
export const homeEmpty: HomePage = {
  ...homeQuiet,
  company: { ...northwind, supportUrl: null, termsUrl: null, privacyUrl: null, logoSvg: null },
  stamp: { revision: 1, at: at('09:12') },
  groups: [],
  past: [],
}

const SEVERITY_OF: Severity[] = [
  'SEV1',
  'SEV2',
  'SEV2',
  'SEV3',
  'SEV3',
  'SEV3',
  'SEV3',
  'SEV4',
  'SEV4',
  'SEV4',
  'SEV4',
  'SEV4',
]
const numbered = (severity: Severity, index: number): IncidentView => ({
  ...signIn,
  id: `m4ny000000${String(index).padStart(2, '0')}`,
  title: index === 0 ? signIn.title : `Exports of reports take ${index + 1} minutes longer than usual`,
  severity,
  affected: index % 3 === 0 ? signIn.affected : [{ name: 'REST API', status: 'degraded_performance' }],
  promise: severity === 'SEV4' ? null : { dueAt: at(`15:${10 + index}`), late: index === 1, teamAlerted: false },
})

/** Twelve incidents at once. */
export const homeCrowded: HomePage = { ...homeWrong, incidents: SEVERITY_OF.map(numbered) }

/** An incident's own page while it is open, late, and once it is over. */
export const incidentOpen: IncidentPage = {
  company: northwind,
  stamp,
  incident: signIn,
  working: homeWrong.working,
  record: { kept: 2, made: 2, longestSilenceMinutes: 15 },
}
export const incidentLate: IncidentPage = { ...incidentOpen, incident: homeLate.incidents[0]! }
export const incidentResolved: IncidentPage = {
  ...incidentOpen,
  stamp: { revision: 239, at: at('15:32') },
  incident: signInResolved,
  working: [],
  record: { kept: 6, made: 7, longestSilenceMinutes: 19 },
}

export const subscribe: SubscribePage = { company: northwind, stamp, groups: choicesOf(groupsOf(true)) }
