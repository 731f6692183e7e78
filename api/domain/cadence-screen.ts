import type { Channel } from './attempt.ts'
import type { RungRecipient } from './cadence.ts'
import type { Form, Shell } from './screen-parts.ts'
import type { Severity } from './severity.ts'

/** A rung of the example, with whom it would tell now. */
export interface RungPreview {
  name: string
  at: string
  /** It comes before the promise is broken. */
  reminds: boolean
  to: RungRecipient[]
  people: string[]
  channels: Channel[]
  /** Its own channels reach nobody, so that the fallback would be told. */
  fellBack: boolean
}

/** One severity played through; conventions as in `screens.ts`, lengths in seconds. */
export interface CadencePreview {
  severity: Severity
  declaredAt: string
  firstDueAt: string | null
  everySeconds: number | null
  monitoringSeconds: number | null
  /** By when the next update is owed after one at `declaredAt`; null: nothing is promised. */
  dueAt: string | null
  rungs: RungPreview[]
  /** How long an update waits for a second person's approval at most; null: it does not. */
  approvalSeconds: number | null
  /** A broken promise is told by itself. */
  holdingNotice: boolean
}

export interface CadenceScreen {
  shell: Shell
  version: number
  /** What is in force, or what was typed and is shown before saving; null: what was typed cannot be played through. */
  preview: CadencePreview[] | null
  /** What is shown is not in force yet. */
  unsaved: boolean
  /** Fields by their path in the contract's JSON; see `cadenceFields`. */
  form: Form
  people: { id: string; name: string }[]
  /** The newest first. */
  versions: { version: number; at: string; by: string | null }[]
}

/** Rungs that a ladder may have. */
export const RUNG_SLOTS = 5

/** The lengths of a severity that one edits, by the unit in which they are typed. */
export const LENGTHS = {
  first_update: 'minutes',
  public: 'minutes',
  monitoring: 'minutes',
  extension_after: 'minutes',
  max_extension: 'minutes',
  first_briefing: 'minutes',
  briefing: 'minutes',
  max_snooze: 'minutes',
  hold: 'seconds',
  approval: 'minutes',
} as const
export type Length = keyof typeof LENGTHS
