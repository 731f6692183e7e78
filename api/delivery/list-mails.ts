import { hearsNothing } from '../../db/queries/choice-gone.ts'
import { below, incidentUrl, maintenanceUrl } from '../domain/addresses.ts'
import { manageUrl, unsubscribeToken, unsubscribeUrl } from '../domain/subscription-links.ts'
import type { Reader } from '../domain/times.ts'
import type { MessagePurpose } from './channel.ts'
import { CHOSEN_ANEW, type Composed, type Composing, type Facts } from './composing.ts'
import { wordsOfCorrection } from './correction-words.ts'
import { type Letter, mark, type OwnWords } from './letter.ts'
import { listHeaders } from './mail-identity.ts'
import { companyOf, letterOf, mailOf } from './mail-parts.ts'
import { wordsOfMaintenance } from './maintenance-words.ts'
import { spokenSince, wordsOfNotice } from './notice-words.ts'
import { siteOf } from './reader-site.ts'
import { isForReader, NOT_STAFF, wordsOfNote } from './staff-note-words.ts'
import { choicesOf, readerOf, subscriptionWords } from './subscription-words.ts'
import { wordsOfUpdate } from './words.ts'

export async function updateMail(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery, told, announcement } = facts
  const welcome = announcement.kind === 'welcome'
  const url = incidentUrl(siteOf(composing, facts), told!.incident.id)
  return listMail(composing, facts, 'update', 'mail/update', { url }, (reader) => ({
    ...wordsOfUpdate(told!, reader, delivery.queuedAt),
    welcome,
  }))
}

export function correctionMail(composing: Composing, facts: Facts): Promise<Composed> {
  const url = incidentUrl(siteOf(composing, facts), facts.delivery.incidentId!)
  return listMail(composing, facts, 'update', 'mail/correction', { url }, (reader) =>
    wordsOfCorrection(facts.correction!, reader),
  )
}

export async function holdingNoticeMail(composing: Composing, facts: Facts): Promise<Composed> {
  const told = facts.holdingNotice!
  const url = incidentUrl(siteOf(composing, facts), told.incident.id)
  return (
    spokenSince(told) ??
    listMail(composing, facts, 'update', 'mail/holding-notice', { url }, (reader) => wordsOfNotice(told, reader))
  )
}

export function maintenanceMail(composing: Composing, facts: Facts): Promise<Composed> {
  const site = siteOf(composing, facts)
  const links = {
    url: maintenanceUrl(site, facts.delivery.maintenanceId!),
    calendar_url: below(site, '/calendar.ics'),
  }
  return listMail(composing, facts, 'maintenance', 'mail/maintenance', links, (reader) =>
    wordsOfMaintenance(facts.maintenance!, reader),
  )
}

export async function choiceGoneMail(composing: Composing, facts: Facts): Promise<Composed> {
  if (!(await hearsNothing(composing.db, facts.delivery.subscriberId!))) return CHOSEN_ANEW
  return listMail(composing, facts, 'notice', 'mail/choice-gone', {}, () => ({}))
}

export async function staffNoteMail(composing: Composing, facts: Facts): Promise<Composed> {
  if (!isForReader(facts)) return NOT_STAFF
  const url = incidentUrl(siteOf(composing, facts), facts.delivery.incidentId!)
  return listMail(composing, facts, 'update', 'mail/staff-note', { url }, (reader) => wordsOfNote(facts.note!, reader))
}

/** What subscribers get: in their zone, with what they chose and the way out. Who chose alike gets the same letter. */
async function listMail(
  composing: Composing,
  facts: Facts,
  purpose: MessagePurpose,
  template: string,
  links: OwnWords,
  words: (reader: Reader) => Record<string, unknown>,
): Promise<Composed> {
  const { delivery, letters } = facts
  const subscriber = facts.subscriber
  if (!subscriber) return { drop: 'suppressed', reason: 'the subscriber has been erased' }
  // What leads to a page that not everybody sees is the reader's own.
  const linked = facts.readOn ? Object.fromEntries(Object.keys(links).map((name) => [name, mark(name)])) : links
  const key = JSON.stringify([delivery.announcementId, delivery.queuedAt, choicesOf(subscriber), facts.eyes])
  const letter =
    letters.get(key) ?? listLetter(composing, facts, purpose, template, { ...words(readerOf(subscriber)), ...linked })
  letters.set(key, letter)
  letter.catch(() => letters.delete(key))
  const own = {
    ...(facts.readOn && links),
    ...(composing.sender.unsubscribeMailto && { unsubscribe_token: unsubscribeToken(composing, subscriber.id) }),
    unsubscribe_url: unsubscribeUrl(composing, subscriber.id),
    manage_url: manageUrl(composing, subscriber.id, delivery.queuedAt),
  }
  return { message: mailOf(composing, facts, purpose, await letter, own) }
}

async function listLetter(
  composing: Composing,
  facts: Facts,
  purpose: MessagePurpose,
  template: string,
  words: Record<string, unknown>,
): Promise<Letter> {
  const data = {
    ...words,
    company: companyOf(facts),
    subscription: await subscriptionWords(composing, facts),
    unsubscribe_url: mark('unsubscribe_url'),
    manage_url: mark('manage_url'),
  }
  const { sender } = composing
  const headers = listHeaders(sender, facts.organisation, mark('unsubscribe_url'), mark('unsubscribe_token'))
  return letterOf(composing, facts, { purpose, template, data, headers, language: facts.subscriber!.locale })
}
