import { and, asc, eq, isNull } from 'drizzle-orm'
import type { Queryable, Transaction } from '../client.ts'
import { confirmations, deliveries } from '../schema.ts'

const answered = and(
  eq(confirmations.channel, 'webhook'),
  isNull(confirmations.usedAt),
  eq(deliveries.state, 'accepted'),
)

/** Sign-ups of endpoints that have answered their challenge and are not subscribed yet, oldest first. */
export async function answeredChallenges(db: Pick<Queryable, 'select'>): Promise<string[]> {
  const rows = await db
    .select({ id: confirmations.id })
    .from(confirmations)
    .innerJoin(deliveries, eq(deliveries.confirmationId, confirmations.id))
    .where(answered)
    .orderBy(asc(confirmations.createdAt))
    .limit(100)
  return rows.map(({ id }) => id)
}

/** One of them, locked; null when somebody else was faster. */
export async function lockAnswered(tx: Transaction, id: string): Promise<typeof confirmations.$inferSelect | null> {
  const [row] = await tx
    .select()
    .from(confirmations)
    .where(and(eq(confirmations.id, id), isNull(confirmations.usedAt)))
    .for('update', { skipLocked: true })
  return row ?? null
}
