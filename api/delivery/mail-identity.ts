import type { Organisation } from '../../db/queries/told.ts'
import type { Sender } from './composing.ts'

/** The domain in which our messages have their names: that of the sender, so that it is aligned. */
const domainOf = (sender: Sender): string => sender.from.address.slice(sender.from.address.lastIndexOf('@') + 1)

/** The message's name, known before it is sent and the same at every attempt (standards E16). */
export const messageId = (sender: Sender, deliveryId: string): string => `<${deliveryId}@${domainOf(sender)}>`

/** The root of an incident's thread: no message has this name, all of them refer to it (standards E17). */
export const threadId = (sender: Sender, incidentId: string): string => `<incident-${incidentId}@${domainOf(sender)}>`

/** The same for the briefings about it. */
export const briefingThreadId = (sender: Sender, incidentId: string): string =>
  `<briefings-${incidentId}@${domainOf(sender)}>`

/** The same for a maintenance. */
export const workThreadId = (sender: Sender, maintenanceId: string): string =>
  `<maintenance-${maintenanceId}@${domainOf(sender)}>`

/** On everything that a machine wrote (standards E12). */
export const automaticHeaders = (): Record<string, string> => ({ 'Auto-Submitted': 'auto-generated' })

/** On everything that subscribers get: one list, one click to leave it (standards E1, E8, E9, E13; RFC 8058). */
export function listHeaders(
  sender: Sender,
  organisation: Organisation,
  unsubscribeUrl: string,
  token: string,
): Record<string, string> {
  const ways = [`<${unsubscribeUrl}>`]
  if (sender.unsubscribeMailto) ways.push(`<mailto:${sender.unsubscribeMailto}?subject=${encodeURIComponent(token)}>`)
  return {
    ...automaticHeaders(),
    Precedence: 'bulk',
    'List-Id': `${quoted(organisation.name)}<${organisation.pageId}.${domainOf(sender)}>`,
    'List-Unsubscribe': ways.join(', '),
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  }
}

/** A name as a quoted string; letters that a header cannot hold as they are, are left out. */
function quoted(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]|["\\<>]/g, '')
    .trim()
    .slice(0, 100)
  return plain ? `"${plain}" ` : ''
}
