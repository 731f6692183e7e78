import type { Delivery } from '../../db/queries/deliveries.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { codeFor } from '../../db/queries/reply-codes.ts'
import type { Person } from '../../db/queries/told.ts'
import { expiryOfCode } from '../domain/freshness.ts'
import { covers } from '../domain/role.ts'
import type { Composing } from './composing.ts'

/**
 * The code with which the reader of this message may answer it; null where their answer would not count: they may not
 * speak, their phone is not proven, no mail comes in, or it is a program that reads.
 */
export async function replyCode(
  { db, secrets, sender }: Composing,
  { announcementId, channel, address, queuedAt }: Delivery,
  person: Person,
  incident: Incident,
): Promise<string | null> {
  if (!covers(person.role, 'responder') || incident.status === 'resolved') return null
  const heard =
    channel === 'sms'
      ? person.phoneVerifiedAt !== null && person.phone === address
      : channel === 'email' && sender.bounceDomain !== null && person.email === address
  if (!heard) return null
  const expiresAt = expiryOfCode(incident.nextUpdateDueAt, queuedAt)
  const { id: incidentId, updateSeq } = incident
  return codeFor(db, secrets, { announcementId, personId: person.id, incidentId, updateSeq, expiresAt })
}
