import type { Events } from './audience.ts'
import type { ComponentStatus } from './component.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { FieldError } from './refusal.ts'
import type { Severity } from './severity.ts'

/**
 * What each public page is handed: plain values, ready to print. Every time is an RFC 3339 UTC text with milliseconds;
 * words (of states, of severities) are looked up by the page in its language's message file.
 */

export interface Company {
  name: string
  shortName: string
  supportUrl: string | null
  postalAddress: string | null
  termsUrl: string | null
  privacyUrl: string | null
  logoSvg: string | null
  /** Where customers see the page, without a slash at the end. */
  siteUrl: string
  /** Where forms are posted to, without a slash at the end. */
  apiUrl: string
}

/** The revision and time at which this page's own content last changed. */
export interface Stamp {
  revision: number
  at: string
}

export interface ComponentRow {
  id: string
  name: string
  description: string | null
  status: ComponentStatus
}

/** A group and its components; `name` is null for those outside any group. */
export interface ComponentGroup {
  id: string | null
  name: string | null
  status: ComponentStatus
  components: ComponentRow[]
}

export interface UpdateView {
  id: string
  seq: number
  status: IncidentStatus
  severity: Severity
  at: string
  headline: string
  /** Sanitised HTML of the body: one or more `<p>` and lists. */
  html: string
  noChange: boolean
  /** Whole minutes by which the promise it answered was broken, at least 1; null when kept or none was open. */
  lateByMinutes: number | null
}

export interface PromiseView {
  dueAt: string
  /** The promise is broken: published at the deadline itself. */
  late: boolean
  /** True only after a carrier accepted an alert to the team about this deadline. */
  teamAlerted: boolean
}

export interface IncidentView {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  retracted: boolean
  startedAt: string
  resolvedAt: string | null
  affected: { name: string; status: ComponentStatus }[]
  /** Newest first. */
  updates: UpdateView[]
  /** Null where nothing is promised (resolved, or a severity without cadence). */
  promise: PromiseView | null
}

/** The overall state: the worst of what is shown, as one of the component states. */
export type OverallState = ComponentStatus

/** One of the past seven days' incidents, or a run of days without any. */
export type PastEntry =
  | { kind: 'quiet'; from: string; to: string }
  | { kind: 'incident'; day: string; incident: IncidentView }

export interface HomePage {
  company: Company
  stamp: Stamp
  state: OverallState
  /** Open incidents, worst first, then oldest first. */
  incidents: IncidentView[]
  groups: ComponentGroup[]
  /** Names of groups (or of components outside groups) of which nothing is wrong, shown while something is. */
  working: string[]
  past: PastEntry[]
}

export interface IncidentPage {
  company: Company
  stamp: Stamp
  incident: IncidentView
  working: string[]
  /** Promises kept of promises made so far, and the longest silence in whole minutes; null without updates. */
  record: { kept: number; made: number; longestSilenceMinutes: number } | null
}

export interface SubscribePage {
  company: Company
  stamp: Stamp
  groups: ComponentGroup[]
}

export interface NotFoundPage {
  company: Company
  stamp: Stamp
}

/** Each public page by the route of the compiled site that renders it. */
export interface PublicPages {
  '/': HomePage
  '/incident': IncidentPage
  '/subscribe': SubscribePage
  '/404': NotFoundPage
}

/** Channels that a form on the page offers. */
export type FormChannel = 'email' | 'sms'

/** A form of the subscribe page as it was sent; kept as typed when it is refused. */
export interface SubscribeForm {
  channel: FormChannel
  address: string
  /** Ids of the components wanted; none means all. */
  components: string[]
  minSeverity: Severity
  events: Events
  consent: boolean
}

export interface RefusedPage {
  company: Company
  groups: ComponentGroup[]
  form: SubscribeForm
  errors: FieldError[]
}

/** What comes next after asking; the same for every address. By SMS it asks for the code, again after a wrong one. */
export interface PendingPage {
  company: Company
  channel: FormChannel
  address: string
  /** Why the code was refused, with the field `code`. */
  errors: FieldError[]
}

/** `ask` shows the button, `done` what follows. Pages behind a link of a message act on POST only. */
export type Step = 'ask' | 'done'

export interface ConfirmPage {
  company: Company
  step: Step
  /** The path and query that the button posts to. */
  action: string
  /** Open incidents with their latest word; shown once confirmed. */
  incidents: IncidentView[]
}

export interface UnsubscribePage {
  company: Company
  step: Step
  action: string
}

export interface GonePage {
  company: Company
}

/** Pages under `API_URL` that a subscriber meets, rendered on request; never published and never indexed. */
export interface SubscriptionPages {
  '/subscription/pending': PendingPage
  '/subscription/confirm': ConfirmPage
  '/subscription/unsubscribe': UnsubscribePage
  '/subscription/gone': GonePage
  '/subscription/refused': RefusedPage
}
