import type { Channel } from './attempt.ts'
import type { Form, Shell } from './screen-parts.ts'
import type { SuppressionReason, SuppressionSource } from './suppression.ts'

/** What the console's screen of suppressions is handed. Conventions as in `screens.ts`. */

export interface SuppressionRow {
  id: string
  channel: Channel
  /** Masked; null once its owner has been erased. */
  address: string | null
  reason: SuppressionReason
  /** Who told. */
  source: SuppressionSource
  code: string | null
  at: string
  /** Null while it is in force; `by` is null when a reader lifted it by a text message, or a key did. */
  lifted: { at: string; by: string | null } | null
}

/** What somebody answered to a text that no keyword explains: a person has to read it (standards S16). */
export interface ReplyRow {
  id: string
  address: string
  text: string
  at: string
}

export interface SuppressionsScreen {
  shell: Shell
  /** Newest first, lifted ones included. */
  suppressions: SuppressionRow[]
  /** A path to older ones. */
  olderUrl: string | null
  /** Newest first. */
  replies: ReplyRow[]
  /** channel, address. */
  adding: Form
}
