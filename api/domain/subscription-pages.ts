import type { Events } from './audience.ts'
import type { FieldError } from './refusal.ts'
import type { Severity } from './severity.ts'
import type { ChoiceGroup, Company, IncidentView } from './views.ts'

/** What the pages are handed that a subscriber meets: the same plain values as the public ones. */

/** Channels that a form on the page offers. */
export const FORM_CHANNELS = ['email', 'sms', 'webhook'] as const
export type FormChannel = (typeof FORM_CHANNELS)[number]

/** A form of the subscribe page as it was sent; kept as typed when it is refused. */
export interface SubscribeForm {
  channel: FormChannel
  address: string
  /** Ids of the components wanted; none means all. */
  components: string[]
  minSeverity: Severity
  events: Events
  /** Planned work is told as well. */
  maintenance: boolean
  consent: boolean
  /** Of a webhook: where its owner hears that it has been disabled. */
  contact: string
}

export interface RefusedPage {
  company: Company
  groups: ChoiceGroup[]
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

/** How the endpoint of a webhook fares, for its owner. */
export interface EndpointPage {
  company: Company
  state: 'active' | 'failing' | 'disabled' | 'ended'
  /** Masked: the path may be a secret. */
  address: string
  /** RFC 3339, as all times here. */
  failingSince: string | null
  /** The path and query that the buttons post to. */
  action: string
  /** Made a moment ago; shown this once. */
  fresh: { secret: string; oldSecretUntil: string } | null
  /** What it answered last, newest first; `excerpt` is text of somebody else's (standards W9). */
  attempts: { at: string; status: number | null; code: string | null; excerpt: string | null }[]
}

export interface GonePage {
  company: Company
}

/** Pages under `API_URL` that a subscriber meets, rendered on request; never published and never indexed. */
export interface SubscriptionPages {
  '/subscription/pending': PendingPage
  '/subscription/confirm': ConfirmPage
  '/subscription/unsubscribe': UnsubscribePage
  '/subscription/endpoint': EndpointPage
  '/subscription/gone': GonePage
  '/subscription/refused': RefusedPage
}
