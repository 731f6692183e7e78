import type { Channel } from '../../api/domain/attempt.ts'
import { DAY, plus } from '../../api/domain/duration.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { deliveries, pageLinks, subscriberLinks, subscribers, webhookEndpoints } from '../schema.ts'
import type { Delivery } from './deliveries.ts'
import type { Announcement } from './told.ts'

/** Somebody who subscribed with nothing chosen but this. */
export interface ExampleReader {
  channel: Channel
  locale: string
  /** What they belong to. */
  audienceIds: readonly string[]
}

/**
 * The delivery of an announcement to a reader who is made up: everything not said is as the tables give it to a new
 * subscriber. `sealedSecret` is what an endpoint's event is signed with. Only for a transaction that is taken back.
 */
export async function exampleDelivery(
  tx: Transaction,
  { id: announcementId, incidentId, updateId, audience, priority, expiresAt }: Announcement,
  { channel, locale, audienceIds }: ExampleReader,
  { sealedSecret, now }: { sealedSecret: string; now: Date },
): Promise<Delivery> {
  const subscriberId = newId()
  const address = `example ${subscriberId}`
  await tx
    .insert(subscribers)
    .values({ id: subscriberId, channel, address, addressKey: address, locale, state: 'active', confirmedAt: now })
  for (const audienceId of audienceIds) await letIn(tx, subscriberId, audienceId, now)
  if (channel === 'webhook') await tx.insert(webhookEndpoints).values({ subscriberId, secret: sealedSecret })
  const told = { announcementId, incidentId, updateId, subscriberId, audience, priority, expiresAt }
  const [row] = await tx
    .insert(deliveries)
    .values({ ...told, id: newId(), lane: 'public', channel, address, queuedAt: now })
    .returning()
  return row!
}

/** By a link that opens for a moment and is shown to nobody. */
async function letIn(tx: Transaction, subscriberId: string, audienceId: string, now: Date): Promise<void> {
  const linkId = newId()
  const link = { kind: 'audience', name: 'example', tokenHash: `example ${linkId}`, expiresAt: plus(now, DAY) } as const
  await tx.insert(pageLinks).values({ id: linkId, audienceId, ...link })
  await tx.insert(subscriberLinks).values({ subscriberId, linkId })
}
