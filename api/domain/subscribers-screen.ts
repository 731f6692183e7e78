import type { Channel } from './attempt.ts'
import type { Form, Shell } from './screen-parts.ts'
import type { Severity } from './severity.ts'

/** What the console's screen of subscribers is handed. Conventions as in `screens.ts`. */

export interface SubscriberRow {
  id: string
  channel: Channel
  address: string
  state: 'active' | 'ended' | 'disabled'
  /** Names of chosen components and groups; empty for everything. */
  chosen: string[]
  minSeverity: Severity
  milestonesOnly: boolean
  /** Follows single incidents and hears nothing else. */
  onlyFollowed: boolean
  since: string
  /** Until then they hear nothing, as they wish; null when they have not asked for a pause. */
  pausedUntil: string | null
  endedAt: string | null
  /** Where they agreed; null when it is not known. */
  consentSource: string | null
}

export interface SubscribersScreen {
  shell: Shell
  /** How many are active, by channel. */
  counts: { channel: Channel; count: number }[]
  /** channel, state, search: what is shown. */
  filter: Form
  subscribers: SubscriberRow[]
  /** A path to more of them. */
  moreUrl: string | null
  /** A path to all that the filter shows, as a table. */
  exportUrl: string
}
