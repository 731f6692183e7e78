import { namesOfComponents } from '../../db/queries/audience.ts'
import { confirmationById, personById, type Subscriber, subscriberById } from '../../db/queries/told.ts'
import { confirmationTokenOf, signedToken } from '../domain/signature.ts'
import { printedTime } from '../domain/times.ts'
import { alertWords } from './alert-words.ts'
import type { MailMessage, MessagePurpose } from './channel.ts'
import type { Composed, Composing, Facts, Sender } from './composing.ts'
import { wordsOfCorrection } from './correction-words.ts'
import { automaticHeaders, listHeaders, messageId, threadId, workThreadId } from './mail-identity.ts'
import { wordsOfMaintenance } from './maintenance-words.ts'
import { proofUrl } from './proof.ts'
import { wordsOfUpdate } from './words.ts'

/** The mail of one delivery. */
export function composeMail(composing: Composing, facts: Facts): Promise<Composed> {
  switch (facts.announcement.kind) {
    case 'update':
    case 'welcome':
      return updateMail(composing, facts)
    case 'correction':
      return correctionMail(composing, facts)
    case 'maintenance':
      return maintenanceMail(composing, facts)
    case 'confirmation':
      return confirmationMail(composing, facts)
    case 'alert':
      return alertMail(composing, facts)
    case 'test':
      return testMail(composing, facts)
    case 'notice':
      throw new Error('A notice has no mail yet.')
  }
}

async function updateMail(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery, told, announcement } = facts
  const welcome = announcement.kind === 'welcome'
  const url = `${composing.urls.site}/incidents/${told!.incident.id}`
  return listMail(composing, facts, 'update', 'mail/update', (timeZone) => ({
    ...wordsOfUpdate(told!, timeZone, delivery.queuedAt),
    welcome,
    url,
  }))
}

const correctionMail = (composing: Composing, facts: Facts): Promise<Composed> =>
  listMail(composing, facts, 'update', 'mail/correction', (timeZone) => ({
    ...wordsOfCorrection(facts.correction!, timeZone),
    url: `${composing.urls.site}/incidents/${facts.delivery.incidentId}`,
  }))

const maintenanceMail = (composing: Composing, facts: Facts): Promise<Composed> =>
  listMail(composing, facts, 'maintenance', 'mail/maintenance', (timeZone) => ({
    ...wordsOfMaintenance(facts.maintenance!, timeZone),
    url: `${composing.urls.site}/maintenance/${facts.delivery.maintenanceId}`,
    calendar_url: `${composing.urls.site}/calendar.ics`,
  }))

/** What subscribers get: in their zone, with what they chose and the way out. */
async function listMail(
  composing: Composing,
  facts: Facts,
  purpose: MessagePurpose,
  template: string,
  words: (timeZone: string) => Record<string, unknown>,
): Promise<Composed> {
  const subscriber = await subscriberById(composing.db, facts.delivery.subscriberId!)
  const token = signedToken('unsubscribe', subscriber.id, composing.secrets)
  const unsubscribeUrl = `${composing.urls.api}/subscriptions/unsubscribe?token=${token}`
  const data = {
    ...words(subscriber.timeZone),
    company: companyOf(facts),
    subscription: await subscriptionWords(composing, subscriber),
    unsubscribe_url: unsubscribeUrl,
  }
  const headers = listHeaders(composing.sender, facts.organisation, unsubscribeUrl, token)
  return { message: mail(composing, facts, purpose, template, data, headers) }
}

async function subscriptionWords({ db }: Composing, subscriber: Subscriber) {
  return {
    milestones: subscriber.events === 'milestones',
    components: await namesOfComponents(db, subscriber.componentIds, subscriber.groupIds),
    min_severity: subscriber.minSeverity,
    maintenance: subscriber.maintenance,
  }
}

async function confirmationMail(composing: Composing, facts: Facts): Promise<Composed> {
  const { delivery } = facts
  const confirmation = await confirmationById(composing.db, delivery.confirmationId!)
  if (confirmation.usedAt) return { drop: 'superseded', reason: 'already confirmed' }
  const token = confirmationTokenOf(composing.secrets, confirmation.nonce, confirmation.tokenHash)
  const data = {
    company: companyOf(facts),
    url: `${composing.urls.api}/subscriptions/confirm?token=${token}`,
    until: printedTime(confirmation.expiresAt, delivery.queuedAt),
  }
  return { message: mail(composing, facts, 'confirmation', 'mail/confirmation', data, automaticHeaders()) }
}

async function alertMail(composing: Composing, facts: Facts): Promise<Composed> {
  const words = await alertWords(composing, facts)
  if ('drop' in words) return words
  const data = { ...words.data, company: companyOf(facts) }
  return { message: mail(composing, facts, 'alert', 'mail/alert', data, automaticHeaders()) }
}

async function testMail(composing: Composing, facts: Facts): Promise<Composed> {
  const person = await personById(composing.db, facts.delivery.personId!)
  const data = { company: companyOf(facts), person: person.name, url: proofUrl(composing, facts.delivery) }
  return { message: mail(composing, facts, 'test', 'mail/test', data, automaticHeaders()) }
}

const companyOf = ({ organisation }: Facts) => ({
  name: organisation.name,
  short_name: organisation.shortName,
  postal_address: organisation.postalAddress,
  support_url: organisation.supportUrl,
})

function mail(
  { templates, sender }: Composing,
  { delivery, organisation }: Facts,
  purpose: MessagePurpose,
  template: string,
  data: Record<string, unknown>,
  headers: Record<string, string>,
): MailMessage {
  const from = purpose === 'confirmation' ? sender.fromConfirm : sender.from
  return {
    channel: 'email',
    deliveryId: delivery.id,
    purpose,
    to: delivery.address,
    queuedAt: delivery.queuedAt,
    from: { name: from.name || templates.text('mail/sender', data), address: from.address },
    envelopeFrom: sender.bounceDomain ? `bounce+${delivery.id}@${sender.bounceDomain}` : from.address,
    replyTo: /^mailto:([^?]+)/.exec(organisation.supportUrl ?? '')?.[1] ?? null,
    messageId: messageId(sender, delivery.id),
    threadId: threadOf(sender, delivery),
    subject: templates.text(`${template}.subject`, data),
    text: `${templates.text(template, data)}\n`,
    html: templates.html(template, data),
    headers,
  }
}

function threadOf(sender: Sender, { incidentId, maintenanceId }: Facts['delivery']): string | null {
  if (incidentId) return threadId(sender, incidentId)
  return maintenanceId ? workThreadId(sender, maintenanceId) : null
}
