import type { Delivery } from '../../db/queries/deliveries.ts'
import { toldNotice } from '../../db/queries/holding-notices.ts'
import { staffAmong } from '../../db/queries/staff-readers.ts'
import { toldNote } from '../../db/queries/tell-staff.ts'
import {
  announcementById,
  type Organisation,
  organisationOf,
  type Subscriber,
  subscribersById,
  toldUpdate,
} from '../../db/queries/told.ts'
import { toldCorrection } from '../../db/queries/told-correction.ts'
import { toldMaintenance } from '../../db/queries/told-maintenance.ts'
import { PUBLIC_EYES } from '../domain/eyes.ts'
import { composeMail } from './compose-mail.ts'
import { composeSms } from './compose-sms.ts'
import { composeWebhook } from './compose-webhook.ts'
import type { Composed, Composing, Facts, Sender } from './composing.ts'
import type { Letter } from './letter.ts'
import { privacyOf, readOn, toldTo } from './private-words.ts'

/** The sender used where no mail server is set: the mailbox shows it, nobody else sees it. */
export function localSender(siteUrl: string): Sender {
  const host = new URL(siteUrl).hostname
  return {
    from: { name: '', address: `status@${host}` },
    fromConfirm: { name: '', address: `confirm@${host}` },
    bounceDomain: null,
    unsubscribeMailto: null,
  }
}

type SharedFacts = Omit<Facts, 'delivery' | 'now' | 'subscriber' | 'letters' | 'eyes' | 'kept' | 'readOn'>

/** What messages of one announcement share, kept while it is sent so that nothing is loaded or written for each. */
export interface Shared {
  facts: Map<string, { loadedAt: Date; facts: Promise<SharedFacts> }>
  letters: Map<string, Promise<Letter>>
}

export const newShared = (): Shared => ({ facts: new Map(), letters: new Map() })

const MOST_FACTS = 50
const MOST_LETTERS = 500

/**
 * Makes the messages of claimed deliveries, in their order. What each says depends on the row and on when it joined the
 * queue, so that every attempt says the same (standards E16). One that cannot be made does not keep the others.
 */
export async function compose(
  composing: Composing,
  shared: Shared,
  deliveries: readonly Delivery[],
  now: Date,
): Promise<PromiseSettledResult<Composed>[]> {
  const readers = await readersOf(composing, deliveries)
  if (shared.letters.size > MOST_LETTERS) shared.letters.clear()
  const loading = deliveries.map((delivery) => sharedFacts(composing, shared, delivery, now))
  const loaded = (await Promise.allSettled(loading)).flatMap((each) => (each.status === 'fulfilled' ? each.value : []))
  const chosen = [...readers.values()].flatMap(({ componentIds }) => componentIds)
  const { kept, rights, slugs } = await privacyOf(composing, deliveries, [...new Set(loaded)], chosen)
  const ofStaff = [...readers.values()].filter(({ list }) => list === 'staff')
  const staff = await staffAmong(
    composing.db,
    ofStaff.map(({ id }) => id),
  )
  return Promise.allSettled(
    deliveries.map(async (delivery, index) => {
      const subscriber = readers.get(delivery.subscriberId ?? '') ?? null
      const { subscriberId } = delivery
      const forStaff = subscriber?.list === 'staff'
      if (forStaff && !staff.has(subscriber.id)) return NOT_FOR_THEM
      const eyes = subscriberId === null || forStaff ? 'all' : (rights.get(subscriberId) ?? PUBLIC_EYES)
      const whole = await loading[index]!
      const common = toldTo(whole, kept, eyes)
      if (!common) return NOT_FOR_THEM
      const place = forStaff ? ('staff' as const) : readOn(whole, { kept, slugs }, eyes)
      const theirs = { subscriber, eyes, kept, readOn: place }
      return composeOne(composing, { ...common, ...theirs, letters: shared.letters, delivery, now })
    }),
  )
}

/** The right to hear it ended, or it became private, after the row was written. */
const NOT_FOR_THEM: Composed = { drop: 'suppressed', reason: 'the reader may not hear of it any more' }

async function readersOf({ db }: Composing, deliveries: readonly Delivery[]): Promise<Map<string, Subscriber>> {
  const ids = [...new Set(deliveries.flatMap(({ subscriberId }) => subscriberId ?? []))]
  const subscribers = ids.length === 0 ? [] : await subscribersById(db, ids)
  return new Map(subscribers.map((each) => [each.id, each]))
}

function composeOne(composing: Composing, facts: Facts): Promise<Composed> {
  switch (facts.delivery.channel) {
    case 'sms':
      return composeSms(composing, facts)
    case 'webhook':
      return composeWebhook(composing, facts)
    default:
      return composeMail(composing, facts)
  }
}

/** A row that joined the queue after the facts were loaded may know of a correction that they do not: loads them anew. */
function sharedFacts(
  composing: Composing,
  { facts: kept }: Shared,
  { announcementId, queuedAt }: Delivery,
  now: Date,
): Promise<SharedFacts> {
  const known = kept.get(announcementId)
  if (known && queuedAt < known.loadedAt) return known.facts
  if (kept.size > MOST_FACTS) kept.clear()
  const facts = load(composing, announcementId)
  kept.set(announcementId, { loadedAt: now, facts })
  facts.catch(() => kept.delete(announcementId))
  return facts
}

async function load({ db, urls }: Composing, announcementId: string): Promise<SharedFacts> {
  const announcement = await announcementById(db, announcementId)
  const { updateId, correctionId, maintenanceUpdateId, holdingNoticeId, staffNoteId } = announcement
  return {
    announcement,
    organisation: (await organisationOf(db)) ?? nobodyYet(urls.site),
    told: updateId && !correctionId ? await toldUpdate(db, updateId) : null,
    correction: correctionId ? await toldCorrection(db, correctionId) : null,
    note: staffNoteId ? await toldNote(db, staffNoteId) : null,
    maintenance: maintenanceUpdateId ? await toldMaintenance(db, maintenanceUpdateId) : null,
    holdingNotice: holdingNoticeId ? await toldNotice(db, holdingNoticeId) : null,
  }
}

/** Before the setup the page has an address but no name. */
function nobodyYet(siteUrl: string): Organisation {
  const name = new URL(siteUrl).hostname
  const none = { supportUrl: null, postalAddress: null, termsUrl: null, privacyUrl: null, logoSvg: null }
  const born = { createdAt: new Date(0), updatedAt: new Date(0) }
  return { singleton: true, name, shortName: name, pageId: 'status', timeZone: 'Etc/UTC', ...none, ...born }
}
