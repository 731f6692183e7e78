import type { BriefingChannel } from './briefing.ts'
import type { Encoding } from './sms.ts'

/** What executives would get of a briefing that has not been posted. */
export interface BriefingPreview {
  /** Of its sentences; the table is not counted. */
  wordCount: number
  /** The next briefing that it would promise; null for none. */
  nextDueAt: Date | null
  /** Everybody it would go to; empty: no rule matches. */
  people: { id: string; name: string; channels: BriefingChannel[] }[]
  /** As the first whom it reaches there would get it; null where nobody would get it by that channel. */
  email: { to: string; subject: string; text: string; html: string } | null
  sms: { to: string; text: string; encoding: Encoding; segments: number } | null
  webhook: { to: string; body: string } | null
}
