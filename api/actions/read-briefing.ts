import { eq } from 'drizzle-orm'
import {
  type Briefing,
  type BriefingRecipient,
  briefingById,
  type WholeBriefing,
  wholeBriefing,
} from '../../db/queries/briefings.ts'
import { incidentById } from '../../db/queries/incidents.ts'
import type { Person } from '../../db/queries/told.ts'
import { briefingReceipts, briefingRecipients, people } from '../../db/schema.ts'
import { mayReadBriefing, type ReceiptWay } from '../domain/briefing.ts'
import { Refusal, refuseMissing } from '../domain/refusal.ts'
import { verifySignedUntil } from '../domain/signature.ts'
import type { Acting, Store } from './acting.ts'

/** Notes that somebody has read a briefing; a second time changes nothing. */
export const readBriefing = async (
  acting: Acting,
  { incidentId, briefingId }: { incidentId: string | null; briefingId: string },
  way: ReceiptWay,
): Promise<Briefing> =>
  acting.db.transaction(async (tx) => {
    const { briefing } = await briefingFor(acting, tx, briefingId, incidentId)
    const { personId } = acting.actor
    if (!personId) throw new Refusal('forbidden', 'This key belongs to nobody, so nobody has read it.')
    const readAt = await acting.clock(tx)
    await tx.insert(briefingReceipts).values({ briefingId, personId, readAt, way }).onConflictDoNothing()
    return briefing
  })

/** A briefing with all that belongs to it, for somebody who may read it; everybody else is refused. */
export async function briefingFor(
  { actor }: Acting,
  store: Store,
  briefingId: string,
  incidentId: string | null = null,
): Promise<WholeBriefing> {
  const briefing = await briefingById(store, briefingId)
  if (!briefing || (incidentId !== null && briefing.incidentId !== incidentId)) throw refuseMissing('briefing')
  const whole = await wholeBriefing(store, briefing)
  const { commanderId, deputyId } = (await incidentById(store, briefing.incidentId))!
  const sentTo = whole.recipients.map((recipient) => recipient.personId)
  if (!mayReadBriefing(actor, { sentTo, commanderId, deputyId }))
    throw new Refusal('forbidden', 'Briefings are read by executives, by commanders, and by those they were sent to.')
  return whole
}

/** What the link of a briefing opens, and for whom. */
export interface BriefingLink {
  briefing: Briefing
  recipient: BriefingRecipient
  person: Person
}

/**
 * Reads the signed link of a briefing: refused when it is not ours, too old, or its reader has left. Somebody else who is
 * signed in here is refused too, so that nobody reads or decides in another's name by mistake.
 */
export async function briefingByLink(acting: Acting, store: Store, token: string): Promise<BriefingLink> {
  const link = verifySignedUntil('briefing', token, acting.secrets, await acting.clock(store))
  if ('refused' in link)
    throw link.refused === 'expired'
      ? new Refusal('gone', 'This link is too old. Sign in to read the briefings.')
      : new Refusal('not_found', 'This link is not complete. Use the one in the message as it stands.')
  const [found] = await store
    .select({ recipient: briefingRecipients, person: people })
    .from(briefingRecipients)
    .innerJoin(people, eq(people.id, briefingRecipients.personId))
    .where(eq(briefingRecipients.id, link.subject))
  if (!found?.person.active) throw new Refusal('gone', 'This link belongs to nobody any more.')
  const { personId } = acting.actor
  if (personId !== null && personId !== found.person.id)
    throw new Refusal('forbidden', 'This link was sent to somebody else than the one who is signed in here.')
  return { ...found, briefing: (await briefingById(store, found.recipient.briefingId))! }
}

/** The same acting, by whoever the link was sent to. */
export const actingByLink = (acting: Acting, { person }: BriefingLink): Acting => ({
  ...acting,
  actor: { ...acting.actor, kind: 'person', id: person.id, personId: person.id, name: person.name, role: person.role },
})
