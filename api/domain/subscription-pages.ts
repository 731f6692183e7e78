import type { Channel } from './attempt.ts'
import type { Events } from './audience.ts'
import type { FieldError } from './refusal.ts'
import type { Severity } from './severity.ts'
import type { Pause } from './subscription.ts'
import type { ChoiceGroup, Company, IncidentView } from './views.ts'

/** What the pages are handed that a subscriber meets: the same plain values as the public ones. */

/** Channels that a form on the page offers. */
export const FORM_CHANNELS = ['email', 'sms', 'webhook'] as const
export type FormChannel = (typeof FORM_CHANNELS)[number]

/** What one can choose to hear, as the fields of a form hold it. */
export interface PreferenceForm {
  /** Ids of the components and groups wanted; none of both means all. */
  components: string[]
  groups: string[]
  minSeverity: Severity
  events: Events
  /** Planned work is told as well. */
  maintenance: boolean
  locale: string
  timeZone: string
  /** `22:00`; empty where there are no quiet hours. */
  quietFrom: string
  quietTo: string
}

/** The one incident that a form asks to follow. */
export interface Followed {
  id: string
  title: string
}

/** A form of the subscribe page as it was sent; kept as typed when it is refused. */
export interface SubscribeForm extends PreferenceForm {
  channel: FormChannel
  address: string
  consent: boolean
  /** Of a webhook: where its owner hears that it has been disabled. */
  contact: string
  /** Null: everything that was chosen. */
  incident: Followed | null
}

export interface RefusedPage {
  company: Company
  /** Where the form posts to, if it is not everybody's. */
  action?: string
  groups: ChoiceGroup[]
  form: SubscribeForm
  errors: FieldError[]
}

/** The forms for following one incident alone. */
export interface FollowPage {
  company: Company
  incident: Followed
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
  /** Where the choices can be changed; null before it is confirmed. */
  manageUrl: string | null
}

/** `kept`: one of several who read the mailbox went, and the address stays. */
export interface UnsubscribePage {
  company: Company
  step: Step | 'kept'
  action: string
  /** Masked. */
  address: string
  manageUrl: string
}

export interface ManagePage {
  company: Company
  channel: Channel
  /** Masked: the link may have been forwarded. */
  address: string
  /** It has ended: nothing is sent, and only one's data can still be asked for. */
  ended: boolean
  /** None of what they chose is there for them any more. */
  hearsNothing: boolean
  groups: ChoiceGroup[]
  form: PreferenceForm
  errors: FieldError[]
  /** Incidents followed whatever else was chosen; with `onlyFollowed` nothing else is heard. */
  followed: Followed[]
  onlyFollowed: boolean
  /** RFC 3339; null when not paused. */
  pausedUntil: string | null
  pauses: Pause[]
  /** What has just been done. */
  notice: 'saved' | 'paused' | 'resumed' | null
  links: { save: string; pause: string; data: string; erase: string; unsubscribe: string }
}

/** `ask` before, `done` after everything about the reader has been deleted. */
export interface ErasePage {
  company: Company
  step: Step
  action: string
  /** Masked; empty once it is gone. */
  address: string
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
  /** Used up or too old, the same of a text message (an answer to that renews it), or not whole. */
  why: 'old' | 'old_text' | 'incomplete'
}

/** Pages under `API_URL` that a subscriber meets, rendered on request; never published and never indexed. */
export interface SubscriptionPages {
  '/subscription/pending': PendingPage
  '/subscription/confirm': ConfirmPage
  '/subscription/unsubscribe': UnsubscribePage
  '/subscription/endpoint': EndpointPage
  '/subscription/manage': ManagePage
  '/subscription/erase': ErasePage
  '/subscription/follow': FollowPage
  '/subscription/gone': GonePage
  '/subscription/refused': RefusedPage
}
