import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { eyesOf } from '../../db/queries/staff-readers.ts'
import { type Subscriber, subscriberOf } from '../../db/queries/subscribers.ts'
import { subscribers } from '../../db/schema.ts'
import { plus } from '../domain/duration.ts'
import { Refusal } from '../domain/refusal.ts'
import { verifySignedShort, verifySignedUntil } from '../domain/signature.ts'
import { PAUSES, type Pause } from '../domain/subscription.ts'
import { manageUrlUntil } from '../domain/subscription-links.ts'
import type { Acting, Store } from './acting.ts'
import { readerAs } from './admit-subscriber.ts'
import { type Preferences, preferenceColumns, preferenceFields, requireChoices } from './preference-fields.ts'

/** The subscriber whose choices a link opens; refused when it is not ours (404), too old, or of somebody erased (410). */
export async function subscriberManaged(acting: Acting, store: Store, token: string): Promise<Subscriber> {
  const link = verifySignedUntil('manage', token, acting.secrets, await acting.clock(store))
  if ('refused' in link && link.refused === 'forged')
    throw new Refusal('not_found', 'This link is not complete. Use the one in your message as it stands.')
  const subscriber = 'subject' in link ? await subscriberOf(store, link.subject) : null
  if (!subscriber || subscriber.endedBy === 'erasure')
    throw new Refusal('gone', 'This link is too old. Use the one in your newest message, or sign up again.')
  return subscriber
}

/** Where the short link of a text leads; refused when it is not ours (404), or too old (410). */
export async function manageUrlBehind(acting: Acting, store: Store, token: string): Promise<string> {
  const link = verifySignedShort('short_manage', token, acting.secrets, await acting.clock(store))
  if ('subject' in link) return manageUrlUntil(acting, link.subject, link.expiresAt)
  throw link.refused === 'expired'
    ? new Refusal('gone', 'This link is too old. Reply MANAGE to any of our texts to get a new one.')
    : new Refusal('not_found', 'This link is not complete. Use the one in the text message as it stands.')
}

/** What the page of one's own choices takes: all of them, and whether anything besides what is followed is heard. */
export const changePreferencesInput = preferenceFields.extend({
  only_followed: z.boolean().default(false),
  /** Incidents that are still to be followed. */
  followed: z.array(z.string()).max(200).default([]),
})

/** Replaces everything that a reader chose. What is followed can only become less here. */
export const changePreferences = (
  acting: Acting,
  token: string,
  chosen: z.infer<typeof changePreferencesInput>,
): Promise<void> =>
  change(acting, token, 'subscription.changed', async (tx, subscriber) => {
    await requireChoices(tx, withoutKept(chosen, subscriber), await eyesOf(tx, subscriber))
    const followedIncidentIds = subscriber.followedIncidentIds.filter((id) => chosen.followed.includes(id))
    const onlyFollowed = chosen.only_followed && followedIncidentIds.length > 0
    return { ...preferenceColumns(chosen), followedIncidentIds, onlyFollowed }
  })

/** What a reader chose earlier may stay chosen, though it has been archived since. */
const withoutKept = (chosen: Preferences, before: Subscriber) => ({
  components: chosen.components.filter((id) => !before.componentIds.includes(id)),
  component_groups: chosen.component_groups.filter((id) => !before.groupIds.includes(id)),
})

/** Sends nothing for a while. */
export const pauseSubscription = (acting: Acting, token: string, pause: Pause): Promise<void> =>
  change(acting, token, 'subscription.paused', async (_, __, now) => ({ pausedUntil: plus(now, PAUSES[pause]) }))

/** Ends a pause before its time. */
export const resumeSubscription = (acting: Acting, token: string): Promise<void> =>
  change(acting, token, 'subscription.resumed', async () => ({ pausedUntil: null }))

const change = (
  acting: Acting,
  token: string,
  action: string,
  set: (tx: Transaction, before: Subscriber, now: Date) => Promise<Partial<typeof subscribers.$inferInsert>>,
): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const subscriber = await subscriberManaged(acting, tx, token)
    if (subscriber.state !== 'active') throw new Refusal('gone', 'This subscription has ended. Sign up again.')
    const now = await acting.clock(tx)
    await tx
      .update(subscribers)
      .set({ ...(await set(tx, subscriber, now)), updatedAt: now })
      .where(eq(subscribers.id, subscriber.id))
    await audit(tx, readerAs(acting.actor), { action, subject: { kind: 'subscriber', id: subscriber.id } })
  })
