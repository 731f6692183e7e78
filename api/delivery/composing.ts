import type { Database } from '../../db/client.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import type { ToldNotice } from '../../db/queries/holding-notices.ts'
import type { ToldNote } from '../../db/queries/tell-staff.ts'
import type { Announcement, Organisation, Subscriber, ToldUpdate } from '../../db/queries/told.ts'
import type { ToldCorrection } from '../../db/queries/told-correction.ts'
import type { ToldMaintenance } from '../../db/queries/told-maintenance.ts'
import type { Eyes, Kept } from '../domain/eyes.ts'
import type { Secrets } from '../domain/signature.ts'
import type { Templates } from '../templates.ts'
import type { Message } from './channel.ts'
import type { Letter } from './letter.ts'

/** Who mail comes from. */
export interface Sender {
  /** Without a name the organisation's is used. */
  from: { name: string; address: string }
  /** Confirmations have a sender of their own, so that complaints about them do not harm updates (standards E11). */
  fromConfirm: { name: string; address: string }
  bounceDomain: string | null
  unsubscribeMailto: string | null
}

/** What composing needs besides the row. */
export interface Composing {
  db: Database
  templates: Templates
  secrets: Secrets
  urls: { site: string; api: string }
  sender: Sender
  /** Countries that SMS goes to, as ISO or calling codes; empty: all. */
  smsCountries: readonly string[]
}

/** One delivery with what its message is made of. */
export interface Facts {
  delivery: Delivery
  announcement: Announcement
  organisation: Organisation
  /** For updates and welcomes. */
  told: ToldUpdate | null
  correction: ToldCorrection | null
  maintenance: ToldMaintenance | null
  holdingNotice: ToldNotice | null
  /** For staff alone. */
  note: ToldNote | null
  /** Who it is for, if that is a subscriber. */
  subscriber: Subscriber | null
  /** Whose eyes it is for, and which of the components concerned or chosen are private; the facts hold what these eyes see. */
  eyes: Eyes
  kept: Kept
  /** The audience on whose page they read of it, or the page of staff; null where that is everybody's. */
  readOn: { id: string; slug: string } | 'staff' | null
  /** Letters that have been written already, by what makes one differ from another. */
  letters: Map<string, Promise<Letter>>
  /** The database's time. */
  now: Date
}

/** The message, or why there is nothing to say any more. */
export type Composed = { message: Message } | { drop: 'superseded' | 'suppressed' | 'expired'; reason: string }

/** They have something to hear again since they were to be told that they had not. */
export const CHOSEN_ANEW: Composed = { drop: 'superseded', reason: 'the reader hears something again' }
