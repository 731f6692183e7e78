import type { Database } from '../../db/client.ts'
import type { Clock } from '../clock.ts'
import type { Sender } from '../delivery/composing.ts'
import type { ProveSender } from '../delivery/sender-proof.ts'
import type { Sns } from '../delivery/sns.ts'
import type { Language, PublicPages, SubscriptionPages } from '../domain/pages.ts'
import type { Place, PrivatePages } from '../domain/private-page.ts'
import type { ConsoleScreens } from '../domain/screens.ts'
import type { StaffPages } from '../domain/staff-page.ts'
import type { Log } from '../log.ts'
import type { Recorder } from '../recorder.ts'
import type { Templates } from '../templates.ts'
import type { TrustedProxies } from './client-address.ts'
import type { Identity } from './identity.ts'
import type { Limits } from './limits.ts'

/** Screens the service renders on request; those of the public site for an audience alone. */
export interface Screens extends ConsoleScreens, SubscriptionPages, PrivatePages, StaffPages, PublicPages {}
/** Renders in English unless told otherwise, and for a place where one is named. */
export type Render = <R extends keyof Screens & string>(
  route: R,
  page: Screens[R],
  language?: Language,
  place?: Place,
) => Promise<string>

/** What is measured of the service, as Prometheus reads it. */
export interface Metrics {
  contentType: string
  scrape(): Promise<string>
}

/** Ways in which we hear what became of mails, and what staff answer to them; null where a provider is not set up. */
export interface Returns {
  /** Of the return addresses. */
  bounceDomain: string | null
  inboundMailKey: string | null
  ses: Sns | null
  sendgridPublicKey: string | null
  postmarkHookKey: string | null
  /** Whether a mail comes from whom it says. */
  proveSender: ProveSender
}

/** What the doors are handed by `main`; opening no port and reading no environment, so a test makes one in a line. */
export interface World {
  db: Database
  clock: Clock
  log: Log
  /** Counts what carriers tell later of what was sent. */
  record: Recorder
  templates: Templates
  secrets: readonly string[]
  urls: { site: string; api: string }
  /** `host:port` that webhooks may reach though private or without TLS. */
  webhookAllow: readonly string[]
  identity: Identity
  limits: Limits
  trusted: TrustedProxies
  render: Render
  /** The published site in memory; answers null for what is not a public file. */
  site: { fetch(request: Request): Promise<Response | null> | Response | null }
  /** Local mailbox folder where no real carrier is set. */
  mailbox: { folder: string; email: boolean; sms: boolean }
  /** How fast SMS leave, over all processes; null where nothing holds them up. */
  smsSegmentsPerSecond: number | null
  /** Who our mail comes from, and how many segments of SMS are to leave in a second. */
  sending: { sender: Sender; segmentsPerSecond: number; smsCountries: readonly string[] }
  twilio: { authToken: string; optOut: 'twilio' | 'sitrep' } | null
  /** Who may read them: the holder of a token, this machine's own programs, or nobody. */
  metrics: Metrics & { access: { token: string } | 'loopback' | 'closed' }
  returns: Returns
  /** The folder of the console's script. */
  assets: string
}
