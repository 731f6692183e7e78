import type { Delivery } from '../../db/queries/deliveries.ts'
import { announcementById, type Organisation, organisationOf, toldUpdate } from '../../db/queries/told.ts'
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

/** What all messages of one announcement share, kept while a fan-out runs so that each is loaded once. */
export type Shared = Map<string, Promise<Omit<Facts, 'delivery' | 'now'>>>
const MOST_SHARED = 50

/**
 * Makes the message of one claimed delivery. What it says depends on the row and on when it joined the queue, so that
 * every attempt says the same (standards E16).
 */
export async function compose(composing: Composing, shared: Shared, delivery: Delivery, now: Date): Promise<Composed> {
  if (shared.size > MOST_SHARED) shared.clear()
  const key = delivery.announcementId
  const loaded = shared.get(key) ?? load(composing, key)
  shared.set(key, loaded)
  loaded.catch(() => shared.delete(key))
  const facts = { ...(await loaded), delivery, now }
  return delivery.channel === 'sms' ? composeSms(composing, facts) : composeMail(composing, facts)
}

async function load({ db, urls }: Composing, announcementId: string): Promise<Omit<Facts, 'delivery' | 'now'>> {
  const announcement = await announcementById(db, announcementId)
  return {
    announcement,
    organisation: (await organisationOf(db)) ?? nobodyYet(urls.site),
    told: announcement.updateId ? await toldUpdate(db, announcement.updateId) : null,
  }
}

/** Before the setup the page has an address but no name. */
function nobodyYet(siteUrl: string): Organisation {
  const name = new URL(siteUrl).hostname
  const none = { supportUrl: null, postalAddress: null, termsUrl: null, privacyUrl: null, logoSvg: null }
  const born = { createdAt: new Date(0), updatedAt: new Date(0) }
  return { singleton: true, name, shortName: name, pageId: 'status', timeZone: 'Etc/UTC', ...none, ...born }
}
