import { and, eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { toldIn } from '../../db/queries/followers.ts'
import { keepStaffDoor, listOf } from '../../db/queries/staff-readers.ts'
import { queueSmsWelcome, queueWelcome } from '../../db/queries/welcome.ts'
import { confirmations, signUpLinks, subscriberLinks, subscribers } from '../../db/schema.ts'
import type { List } from '../domain/audience.ts'
import type { Acting, Actor } from './acting.ts'

export type SignUp = typeof confirmations.$inferSelect
type Subscriber = typeof subscribers.$inferSelect
/** With the list that they join. */
type Admitted = SignUp & { list: List }

/**
 * A reader in the audit: which subscription, never from where. The audit cannot forget, and the reader may ask us to;
 * their network address stands with their consent, which goes when they do (standards X11, X14).
 */
export const readerAs = (actor: Actor): Actor => ({ ...actor, ip: null })

/** Makes the subscriber, or gives one who signed up again the new choices; tells the latest word on open incidents. */
export async function admitSubscriber(tx: Transaction, acting: Acting, asked: SignUp): Promise<string> {
  const now = await acting.clock(tx)
  // The incident may have become part of another one since they signed up.
  const incidentId = asked.incidentId && (await toldIn(tx, asked.incidentId))
  const signUp = { ...asked, incidentId, list: await listOf(tx, asked.id) }
  const subscriber = (await insertReader(tx, signUp, now)) ?? (await readmit(tx, signUp, now))
  await tx.update(confirmations).set({ usedAt: now }).where(eq(confirmations.id, signUp.id))
  await keepLink(tx, signUp, subscriber, now)
  if (signUp.list === 'staff') await keepStaffDoor(tx, signUp.id, subscriber.id, now)
  await audit(tx, readerAs(acting.actor), {
    action: 'subscription.confirmed',
    subject: { kind: 'subscriber', id: subscriber.id },
    after: { channel: signUp.channel, consent: signUp.consentTextVersion },
  })
  await queueWelcome(tx, subscriber, now)
  if (subscriber.channel === 'sms') await queueSmsWelcome(tx, subscriber, now)
  return subscriber.id
}

/** Who signed up on a private page hears its news, while the link they came by lives. */
async function keepLink(tx: Transaction, signUp: SignUp, { id }: Subscriber, now: Date): Promise<void> {
  const [from] = await tx.select().from(signUpLinks).where(eq(signUpLinks.confirmationId, signUp.id))
  if (!from) return
  await tx
    .insert(subscriberLinks)
    .values({ subscriberId: id, linkId: from.linkId, createdAt: now })
    .onConflictDoNothing()
}

async function insertReader(tx: Transaction, signUp: Admitted, now: Date): Promise<Subscriber | null> {
  const { channel, addressKey, list } = signUp
  const [row] = await tx
    .insert(subscribers)
    .values({ id: newId(), list, channel, addressKey, ...agreed(signUp, now), ...chosenIn(signUp), createdAt: now })
    .onConflictDoNothing({ target: [subscribers.channel, subscribers.addressKey, subscribers.list] })
    .returning()
  return row ?? null
}

/** Following one more incident leaves what a reader hears already; anything else replaces it. */
async function readmit(tx: Transaction, signUp: Admitted, now: Date): Promise<Subscriber> {
  const [before] = await tx
    .select()
    .from(subscribers)
    .where(
      and(
        eq(subscribers.channel, signUp.channel),
        eq(subscribers.addressKey, signUp.addressKey),
        eq(subscribers.list, signUp.list),
      ),
    )
    .for('update')
  const heard = before!.state === 'active' ? before!.followedIncidentIds : []
  const joins = before!.state === 'active' && signUp.incidentId !== null
  const followedIncidentIds = [...new Set([...heard, ...(signUp.incidentId ? [signUp.incidentId] : [])])]
  const chosen = joins ? {} : chosenIn(signUp)
  const [after] = await tx
    .update(subscribers)
    .set({ ...agreed(signUp, now), ...chosen, followedIncidentIds })
    .where(eq(subscribers.id, before!.id))
    .returning()
  return after!
}

const agreed = (signUp: SignUp, now: Date) => ({
  address: signUp.address,
  state: 'active' as const,
  confirmedAt: now,
  endedAt: null,
  endedBy: null,
  pausedUntil: null,
  consentTextVersion: signUp.consentTextVersion,
  consentSource: signUp.consentSource,
  consentIp: signUp.consentIp,
  consentAt: signUp.createdAt,
  updatedAt: now,
})

const chosenIn = (signUp: SignUp) => ({
  componentIds: signUp.componentIds,
  groupIds: signUp.groupIds,
  minSeverity: signUp.minSeverity,
  events: signUp.events,
  maintenance: signUp.maintenance,
  locale: signUp.locale,
  timeZone: signUp.timeZone,
  quietFrom: signUp.quietFrom,
  quietTo: signUp.quietTo,
  followedIncidentIds: signUp.incidentId ? [signUp.incidentId] : [],
  onlyFollowed: signUp.incidentId !== null,
})
