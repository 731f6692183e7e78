import { and, eq, isNotNull } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import { pauseUntil } from '../../api/domain/retry.ts'
import type { Queryable } from '../client.ts'
import { channelStates } from '../schema.ts'

export type ChannelState = typeof channelStates.$inferSelect

/** How the channels fare, for carrying, for `/readyz` and for the console's banner: failing since when, and why. */
export const channelStatesNow = (db: Pick<Queryable, 'select'>): Promise<ChannelState[]> =>
  db.select().from(channelStates)

/** Rests a channel whose carrier itself fails; answers until when. */
export async function pauseChannel(
  db: Queryable,
  channel: Channel,
  trouble: { code: string; reason: string },
  now: Date,
): Promise<Date> {
  const [known] = await db.select().from(channelStates).where(eq(channelStates.channel, channel))
  const failingSince = known?.failingSince ?? now
  const state = { ...trouble, failingSince, pausedUntil: pauseUntil(now, failingSince, trouble.code) }
  await db
    .insert(channelStates)
    .values({ channel, ...state })
    .onConflictDoUpdate({ target: channelStates.channel, set: state })
  return state.pausedUntil
}

/** Notes that a channel works again. */
export async function resumeChannel(db: Queryable, channel: Channel): Promise<void> {
  await db
    .update(channelStates)
    .set({ failingSince: null, pausedUntil: null, code: null, reason: null })
    .where(and(eq(channelStates.channel, channel), isNotNull(channelStates.failingSince)))
}
