import type { Encoding } from './sms.ts'
import type { WordingWarning } from './wording.ts'

/** What each audience would get of an update that has not been posted. */
export interface Preview {
  /** The words as they would be published; what warnings count in. The headline is null where the first sentence leads. */
  headline: string | null
  body: string
  /** The promise that the page would give; null for none. */
  nextUpdateDueAt: Date | null
  /** Null where nobody outside is told anything: the incident is internal. */
  outside: {
    /** The incident's page, whole. */
    page: { html: string }
    email: { subject: string; text: string; html: string; recipients: number }
    /**
     * `segments` of the text shown, `totalSegments` of all that go out, each in its reader's language: what carriers charge
     * for. `seconds`: until the last of them has been handed over, at the rate that is set.
     */
    sms: {
      text: string
      encoding: Encoding
      segments: number
      recipients: number
      totalSegments: number
      seconds: number
    }
    /** JSON: the very text that is signed and sent. */
    webhook: { body: string; recipients: number }
  } | null
  /** Each with its words, in the order of the text. */
  warnings: (WordingWarning & { message: string })[]
}

/** How long SMS take that leave at so many segments a second, in seconds; whole ones, since a rate is no promise. */
export const secondsToSend = (segments: number, perSecond: number): number => Math.ceil(segments / perSecond)
