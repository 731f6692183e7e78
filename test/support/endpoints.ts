import { eq } from 'drizzle-orm'
import { seal } from '../../api/domain/sealing.ts'
import { newWebhookSecret } from '../../api/domain/webhook-signature.ts'
import { subscribers, webhookEndpoints } from '../../db/schema.ts'
import { SECRETS } from './acting.ts'
import type { TestDatabase } from './database.ts'
import { someSubscriber } from './delivering.ts'

/** An endpoint that has answered its challenge; with its secret. */
export async function someEndpoint(
  world: Pick<TestDatabase, 'db'>,
  url: string,
  given: Partial<typeof subscribers.$inferInsert> & { contact?: string } = {},
) {
  const { contact = null, ...chosen } = given
  const subscriber = await someSubscriber(world, url, { channel: 'webhook', ...chosen })
  const secret = newWebhookSecret()
  await world.db
    .insert(webhookEndpoints)
    .values({ subscriberId: subscriber.id, secret: seal(secret, SECRETS), contact })
  return { ...subscriber, secret }
}

/** How an endpoint fares by now. */
export async function endpointNow({ db }: Pick<TestDatabase, 'db'>, id: string) {
  const [row] = await db
    .select()
    .from(webhookEndpoints)
    .innerJoin(subscribers, eq(subscribers.id, webhookEndpoints.subscriberId))
    .where(eq(subscribers.id, id))
  return { ...row!.webhook_endpoints, state: row!.subscribers.state }
}
