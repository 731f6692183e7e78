import { and, asc, eq, inArray, lte, type SQL, sql } from 'drizzle-orm'
import { type Channel, type Lane, WAITING_STATES } from '../../api/domain/attempt.ts'
import type { Database, Queryable, Transaction } from '../client.ts'
import { channelStates, deliveries } from '../schema.ts'
import { beingCorrected, otherStepFirst, otherWordFirst, overtaken } from './order.ts'

export type Delivery = typeof deliveries.$inferSelect

/** Seconds that a claim holds: longer than one attempt may take (30), short enough for a SEV1 cadence (standards R5). */
const LEASE = sql`interval '45 seconds'`
/** Evaluated once a statement, not once a row. */
export const now = sql`(select sitrep_now())`
const leased = sql`${now} + ${LEASE}`

/**
 * Claims up to `count` waiting deliveries of one channel and lane, the most urgent first. Rows that another process
 * holds are skipped; the claim's number fences off every later write of an earlier holder (standards R4). One reader is
 * given one word at a time on each incident and each maintenance (R7).
 */
export const claimDeliveries = (db: Queryable, channel: Channel, lane: Lane, count: number): Promise<Delivery[]> =>
  db
    .update(deliveries)
    .set({ state: 'claimed', claimNo: sql`${deliveries.claimNo} + 1`, leaseUntil: leased })
    .where(inArray(deliveries.id, waiting(db, channel, lane, count)))
    .returning()

const waiting = (db: Queryable, channel: Channel, lane: Lane, count: number) =>
  db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        inArray(deliveries.state, WAITING_STATES),
        eq(deliveries.channel, channel),
        eq(deliveries.lane, lane),
        lte(deliveries.nextAttemptAt, now),
        sql`${deliveries.expiresAt} > ${now}`,
        sql`not ${otherWordFirst}`,
        sql`not ${otherStepFirst}`,
        sql`not ${beingCorrected}`,
      ),
    )
    .orderBy(asc(deliveries.priority), asc(deliveries.queuedAt))
    .limit(count)
    .for('update', { skipLocked: true })

/**
 * Claims under a rate that holds over all processes: a bucket of one second's worth, whose row lock makes them take
 * turns (standards E30). Staff never wait for it, but what they send counts.
 */
export async function claimPaced(
  db: Database,
  channel: Channel,
  lane: Lane,
  count: number,
  perSecond: number,
): Promise<Delivery[]> {
  return db.transaction(async (tx) => {
    const free = await freeUnits(tx, channel, perSecond)
    const rows = await claimDeliveries(tx, channel, lane, lane === 'staff' ? count : Math.min(count, Math.floor(free)))
    if (rows.length > 0) await takeUnits(tx, channel, rows.length, perSecond)
    return rows
  })
}

/** How far behind the pace may lie: a second, or the time of one unit where that is longer. */
const bucket = (perSecond: number): SQL => sql`make_interval(secs => ${Math.max(1, 1 / perSecond)}::double precision)`

async function freeUnits(tx: Transaction, channel: Channel, perSecond: number): Promise<number> {
  await tx.insert(channelStates).values({ channel }).onConflictDoNothing()
  const [row] = await tx.execute<{ units: string }>(sql`
    select extract(epoch from ${now} - greatest(pace_at, ${now} - ${bucket(perSecond)})) * ${perSecond}::double precision as units
    from channel_states where channel = ${channel} for update`)
  return Number(row!.units)
}

/** Charges units to the channel's pace; what goes beyond the bucket makes the next ones wait. */
export async function takeUnits(db: Queryable, channel: Channel, units: number, perSecond: number): Promise<void> {
  await db.execute(sql`
    update channel_states
    set pace_at = greatest(pace_at, ${now} - ${bucket(perSecond)})
                  + make_interval(secs => ${units / perSecond}::double precision)
    where channel = ${channel}`)
}

/**
 * Commits that this attempt begins, before anything leaves the building (standards S4), asking once more whether it still
 * may: held by this claim, still news, its reader still there, nothing newer said (standards E6). Null when not.
 */
export async function markSending(db: Queryable, { id, claimNo }: Delivery): Promise<Delivery | null> {
  const [row] = await db
    .update(deliveries)
    .set({ state: 'sending', attempts: sql`${deliveries.attempts} + 1`, sendingAt: now, leaseUntil: leased })
    .where(and(heldBy(id, claimNo, 'claimed'), sql`${deliveries.expiresAt} > ${now}`, reachable, sql`not ${overtaken}`))
    .returning()
  return row ?? null
}

const heldBy = (id: string, claimNo: number, state: 'claimed' | 'sending'): SQL =>
  and(eq(deliveries.id, id), eq(deliveries.claimNo, claimNo), eq(deliveries.state, state))!

/** SQL: whoever this row is for still wants it and still is there. */
const reachable: SQL = sql`(
  (${deliveries.subscriberId} is null or exists (
    select 1 from subscribers where subscribers.id = ${deliveries.subscriberId} and subscribers.state = 'active'))
  and (${deliveries.personId} is null or exists (
    select 1 from people where people.id = ${deliveries.personId} and people.active)))`

/** Ends a claimed row that may not be sent, under the word for why; false when the claim is no longer ours. */
export async function dropUnsendable(db: Queryable, { id, claimNo }: Delivery): Promise<boolean> {
  const rows = await db
    .update(deliveries)
    .set({
      state: sql`case when ${deliveries.expiresAt} <= ${now} then 'expired'
                      when ${overtaken} then 'superseded' else 'suppressed' end`,
      leaseUntil: null,
      nextAttemptAt: null,
    })
    .where(heldBy(id, claimNo, 'claimed'))
    .returning({ id: deliveries.id })
  return rows.length > 0
}

/** Writes what became of a held row; false, and nothing is written, when the claim has passed to somebody else. */
export async function settle(
  db: Queryable,
  { id, claimNo }: Delivery,
  from: 'claimed' | 'sending',
  set: Partial<Omit<typeof deliveries.$inferInsert, 'acceptedAt'>> & { acceptedAt?: SQL },
): Promise<boolean> {
  const rows = await db
    .update(deliveries)
    .set({ ...set, leaseUntil: null })
    .where(heldBy(id, claimNo, from))
    .returning({ id: deliveries.id })
  return rows.length > 0
}
