import { and, asc, eq, inArray, lt, lte, type SQL, sql } from 'drizzle-orm'
import {
  CHANNELS,
  type Channel,
  type DeliveryState,
  LANES,
  type Lane,
  WAITING_STATES,
} from '../../api/domain/attempt.ts'
import type { Database, Queryable, Transaction } from '../client.ts'
import { deliveries } from '../schema.ts'
import { textArray } from './audience.ts'
import { overtaken, waitsForAnother } from './order.ts'
import { nothingHeld } from './restores.ts'

export type Delivery = typeof deliveries.$inferSelect

/**
 * Seconds that a claim holds: longer than one attempt may take (30), short enough for a SEV1 cadence (standards R5).
 * `take_turn` of migration 0010 gives an attempt the same.
 */
const LEASE = sql`interval '45 seconds'`
/** Evaluated once a statement, not once a row. */
export const now = sql`(select sitrep_now())`
const leased = sql`${now} + ${LEASE}`

/** Which rows are wanted: of one channel and lane, at most so many, and only more urgent ones than that if it is told. */
export interface Wanted {
  channel: Channel
  lane: Lane
  count: number
  moreUrgentThan: number | null
}

/** Where something can be sent now, and how urgent it is. */
export interface Work {
  channel: Channel
  lane: Lane
  priority: number
}

/** Asked once by a process that was woken, rather than claimed for in every lane. */
export async function lanesWithWork(db: Queryable): Promise<Work[]> {
  return db.execute<Work & Record<string, unknown>>(sql`
    select channel, lane, priority
    from unnest(${textArray(CHANNELS)}) as channels (channel), unnest(${textArray(LANES)}) as lanes (lane),
      lateral (
        select waiting.priority
        from deliveries as waiting
        where waiting.channel = channels.channel and waiting.lane = lanes.lane
          and waiting.state in ('queued', 'failed_for_now') and waiting.next_attempt_at <= ${now}
        order by waiting.priority limit 1) as most_urgent`)
}

/**
 * Claims waiting deliveries, the most urgent first. Rows that another process holds are skipped; the claim's number fences
 * off every later write of an earlier holder (standards R4). One reader is given one word at a time on each incident and
 * each maintenance (R7). Nothing is claimed while a restored database waits for its release (R22).
 */
export const claimDeliveries = (db: Queryable, wanted: Wanted): Promise<Delivery[]> =>
  db
    .update(deliveries)
    .set({ state: 'claimed', claimNo: sql`${deliveries.claimNo} + 1`, leaseUntil: leased })
    .where(inArray(deliveries.id, waiting(db, wanted)))
    .returning()

const waiting = (db: Queryable, { channel, lane, count, moreUrgentThan }: Wanted) =>
  db
    .select({ id: deliveries.id })
    .from(deliveries)
    .where(
      and(
        inArray(deliveries.state, WAITING_STATES),
        eq(deliveries.channel, channel),
        eq(deliveries.lane, lane),
        moreUrgentThan === null ? undefined : lt(deliveries.priority, moreUrgentThan),
        lte(deliveries.nextAttemptAt, now),
        sql`${deliveries.expiresAt} > ${now}`,
        sql`not ${waitsForAnother(channel)}`,
        nothingHeld,
      ),
    )
    .orderBy(asc(deliveries.priority), asc(deliveries.queuedAt))
    .limit(count)
    .for('update', { skipLocked: true })

/**
 * Claims under limits that hold over all processes: a bucket of one second's worth (standards E30), and at most `together`
 * messages in hand at once. The row lock of the channel makes the processes take turns. Our own people never wait for
 * the bucket, but what goes to them counts.
 */
export async function claimPaced(
  db: Database,
  wanted: Wanted,
  { perSecond, together }: { perSecond: number; together: number | null },
): Promise<Delivery[]> {
  const { channel, lane } = wanted
  return db.transaction(async (tx) => {
    const units = Math.floor(await freeUnits(tx, channel, perSecond))
    const room = together === null ? wanted.count : together - (await inHand(tx, channel, lane))
    const count = Math.max(0, Math.min(wanted.count, room, lane === 'public' ? units : wanted.count))
    const rows = await claimDeliveries(tx, { ...wanted, count })
    if (rows.length > 0) await takeUnits(tx, channel, rows.length, perSecond)
    return rows
  })
}

/** How far behind the pace may lie: a second, or the time of one unit where that is longer. */
const bucket = (perSecond: number): SQL => sql`make_interval(secs => ${Math.max(1, 1 / perSecond)}::double precision)`

/** Locks the channel's row, whether it was there or not, and answers how many units its pace leaves. */
async function freeUnits(tx: Transaction, channel: Channel, perSecond: number): Promise<number> {
  const [row] = await tx.execute<{ units: string }>(sql`
    insert into channel_states (channel) values (${channel}) on conflict (channel) do update set channel = excluded.channel
    returning extract(epoch from ${now} - greatest(pace_at, ${now} - ${bucket(perSecond)})) * ${perSecond}::double precision as units`)
  return Number(row!.units)
}

/** How many messages of a lane the processes have in hand. */
async function inHand(tx: Transaction, channel: Channel, lane: Lane): Promise<number> {
  const [row] = await tx.execute<{ held: number }>(sql`
    select count(*)::int as held from deliveries
    where channel = ${channel} and lane = ${lane} and state in ('claimed', 'sending')`)
  return row!.held
}

/** Charges units to the channel's pace; what goes beyond the bucket makes the next ones wait. */
export async function takeUnits(db: Queryable, channel: Channel, units: number, perSecond: number): Promise<void> {
  await db.execute(sql`
    update channel_states
    set pace_at = greatest(pace_at, ${now} - ${bucket(perSecond)})
                  + make_interval(secs => ${units / perSecond}::double precision)
    where channel = ${channel}`)
}

const heldBy = (id: string, claimNo: number, state: 'claimed' | 'sending'): SQL =>
  and(eq(deliveries.id, id), eq(deliveries.claimNo, claimNo), eq(deliveries.state, state))!

/** A message that a carrier took. */
export interface Taken {
  delivery: Delivery
  providerId: string | null
}

/** Ids of rows written: those accepted, and those whose attempt has begun. */
export interface Turn {
  accepted: ReadonlySet<string>
  sending: ReadonlySet<string>
}

/**
 * In one statement: writes which messages a carrier took, and commits that the next attempts begin, before anything of
 * them leaves the building (standards S4), asking once more whether they still may: held by this claim, still news, the
 * reader still there, nothing newer said (standards E6). Every write is fenced by its claim's number (R4). Bears being
 * done twice, so that it may be repeated after a lost connection: what is to begin has not been handed to anybody yet.
 */
export async function takeTurn(db: Queryable, taken: readonly Taken[], next: readonly Delivery[]): Promise<Turn> {
  const rows = await turnOn(db).execute({
    taken: JSON.stringify(taken.map(fencedTaken)),
    next: JSON.stringify(next.map(fenced)),
  })
  const ids = (accepted: boolean) => new Set(rows.filter((row) => row.accepted === accepted).map((row) => row.id))
  return { accepted: ids(true), sending: ids(false) }
}

/** Built once for each pool, and prepared: what is asked the most often goes to the server and back once, not twice. */
const turns = new WeakMap<Queryable, ReturnType<typeof prepareTurn>>()

function turnOn(db: Queryable): ReturnType<typeof prepareTurn> {
  const known = turns.get(db) ?? prepareTurn(db)
  turns.set(db, known)
  return known
}

const prepareTurn = (db: Queryable) =>
  db
    .select({ id: sql<string>`id`, accepted: sql<boolean>`accepted` })
    .from(sql`take_turn(${sql.placeholder('taken')}::json, ${sql.placeholder('next')}::json)`)
    .prepare('take_turn')

/**
 * SQL: one of these rows, looked up by its key one by one. A ledger that has just grown has no statistics, and joining the
 * list alone would read all of it for a handful.
 */
const among = (rows: readonly Delivery[]): SQL => sql`deliveries.id = any(${textArray(rows.map(({ id }) => id))})`

const fenced = ({ id, claimNo, attempts }: Delivery) => ({ id, claim_no: claimNo, attempts })
const fencedTaken = ({ delivery, providerId }: Taken) => ({
  id: delivery.id,
  claim_no: delivery.claimNo,
  provider_id: providerId,
})

/** Gives rows back that are held but certainly have not left: they wait for whoever claims them next, at no cost. */
export async function releaseClaims(db: Queryable, held: readonly Delivery[]): Promise<void> {
  if (held.length === 0) return
  await db.execute(sql`
    update deliveries set state = 'queued', lease_until = null, attempts = held.attempts
    from json_to_recordset(${JSON.stringify(held.map(fenced))}::json) as held(id text, claim_no int, attempts int)
    where ${among(held)} and deliveries.id = held.id and deliveries.claim_no = held.claim_no and deliveries.state in ('claimed', 'sending')`)
}

/** Ends a claimed row that may not be sent; answers the word for why, or null when the claim is no longer ours. */
export async function dropUnsendable(db: Queryable, { id, claimNo }: Delivery): Promise<DeliveryState | null> {
  const [row] = await db
    .update(deliveries)
    .set({
      state: sql`case when ${deliveries.expiresAt} <= ${now} then 'expired'
                      when ${overtaken} then 'superseded' else 'suppressed' end`,
      leaseUntil: null,
      nextAttemptAt: null,
    })
    .where(heldBy(id, claimNo, 'claimed'))
    .returning({ state: deliveries.state })
  return row?.state ?? null
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
