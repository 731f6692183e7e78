import { expiryOfNotice } from '../../api/domain/freshness.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries } from '../schema.ts'
import { wake } from './wake.ts'

/** Tells the owner of an endpoint by mail that it has been disabled. */
export async function queueNotice(
  tx: Transaction,
  { subscriberId, address }: { subscriberId: string; address: string },
  now: Date,
): Promise<void> {
  const told = { audience: 'public', priority: 0, expiresAt: expiryOfNotice(now), subscriberId } as const
  const announcementId = newId()
  await tx
    .insert(announcements)
    .values({ ...told, id: announcementId, kind: 'notice', createdAt: now, fannedOutAt: now })
  await tx.insert(deliveries).values({
    ...told,
    id: newId(),
    announcementId,
    lane: 'public',
    channel: 'email',
    address,
    queuedAt: now,
    nextAttemptAt: now,
  })
  await wake(tx, 'deliver')
}
