import type { Delivery } from '../../db/queries/deliveries.ts'
import { announcementById, type Organisation, organisationOf, toldUpdate } from '../../db/queries/told.ts'
import { toldCorrection } from '../../db/queries/told-correction.ts'
import { toldMaintenance } from '../../db/queries/told-maintenance.ts'
import { composeMail } from './compose-mail.ts'
import { composeSms } from './compose-sms.ts'
import type { Composed, Composing, Facts, Sender } from './composing.ts'

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

type SharedFacts = Omit<Facts, 'delivery' | 'now'>

/** What all messages of one announcement share, kept while a fan-out runs so that it is not loaded for each. */
export type Shared = Map<string, { loadedAt: Date; facts: Promise<SharedFacts> }>
const MOST_SHARED = 50

/**
 * Makes the message of one claimed delivery. What it says depends on the row and on when it joined the queue, so that
 * every attempt says the same (standards E16).
 */
export async function compose(composing: Composing, shared: Shared, delivery: Delivery, now: Date): Promise<Composed> {
  const facts = { ...(await sharedFacts(composing, shared, delivery, now)), delivery, now }
  return delivery.channel === 'sms' ? composeSms(composing, facts) : composeMail(composing, facts)
}

/** A row that joined the queue after the facts were loaded may know of a correction that they do not: loads them anew. */
function sharedFacts(
  composing: Composing,
  shared: Shared,
  { announcementId, queuedAt }: Delivery,
  now: Date,
): Promise<SharedFacts> {
  const known = shared.get(announcementId)
  if (known && queuedAt < known.loadedAt) return known.facts
  if (shared.size > MOST_SHARED) shared.clear()
  const facts = load(composing, announcementId)
  shared.set(announcementId, { loadedAt: now, facts })
  facts.catch(() => shared.delete(announcementId))
  return facts
}

async function load({ db, urls }: Composing, announcementId: string): Promise<SharedFacts> {
  const announcement = await announcementById(db, announcementId)
  const { updateId, correctionId, maintenanceUpdateId } = announcement
  return {
    announcement,
    organisation: (await organisationOf(db)) ?? nobodyYet(urls.site),
    told: updateId && !correctionId ? await toldUpdate(db, updateId) : null,
    correction: correctionId ? await toldCorrection(db, correctionId) : null,
    maintenance: maintenanceUpdateId ? await toldMaintenance(db, maintenanceUpdateId) : null,
  }
}

/** Before the setup the page has an address but no name. */
function nobodyYet(siteUrl: string): Organisation {
  const name = new URL(siteUrl).hostname
  const none = { supportUrl: null, postalAddress: null, termsUrl: null, privacyUrl: null, logoSvg: null }
  const born = { createdAt: new Date(0), updatedAt: new Date(0) }
  return { singleton: true, name, shortName: name, pageId: 'status', timeZone: 'Etc/UTC', ...none, ...born }
}
