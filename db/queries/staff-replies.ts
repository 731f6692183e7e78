import { and, eq, gt, inArray, sql } from 'drizzle-orm'
import { expiryOfAlert } from '../../api/domain/freshness.ts'
import { type Door, STRAY } from '../../api/domain/reply.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, incidents, people, staffReplies, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'
import type { Incident, Update } from './incidents.ts'
import type { Person } from './told.ts'
import { wake } from './wake.ts'

export type StaffReply = typeof staffReplies.$inferSelect

/** The member of staff whose number this is (E.164); null for anybody else. */
export async function personByPhone(reader: Reader, phone: string): Promise<Person | null> {
  const [row] = await reader
    .select()
    .from(people)
    .where(and(eq(people.phone, phone), people.active))
  return row ?? null
}

/** The member of staff whose mail address this is, in whatever letter case; null for anybody else. */
export async function personByEmail(reader: Reader, email: string): Promise<Person | null> {
  const [row] = await reader
    .select()
    .from(people)
    .where(and(sql`lower(${people.email}) = lower(${email})`, people.active))
  return row ?? null
}

/** How many things this person wrote since then that answered nothing. */
export async function strayTextsSince(tx: Transaction, personId: string, since: Date): Promise<number> {
  const stray = and(
    eq(staffReplies.personId, personId),
    gt(staffReplies.createdAt, since),
    inArray(staffReplies.outcome, [...STRAY]),
  )
  return tx.$count(staffReplies, stray)
}

/** What came of something that somebody wrote. */
export type Came = Pick<StaffReply, 'outcome'> &
  Partial<Pick<StaffReply, 'incidentId' | 'updateId' | 'detail' | 'until'>>

/** Where an answer goes. */
export interface AnswerTo {
  channel: Door
  address: string
}

/** Keeps what came of it; `to`: where they are told so, in the lane of staff; null: nowhere. */
export async function keepReply(
  tx: Transaction,
  about: { personId: string; door: Door; now: Date },
  came: Came,
  to: AnswerTo | null,
): Promise<void> {
  const { personId, door, now } = about
  const announcementId = to === null ? null : await queueAnswer(tx, about, came.incidentId ?? null, to)
  await tx.insert(staffReplies).values({ id: newId(), personId, door, ...came, announcementId, createdAt: now })
}

async function queueAnswer(
  tx: Transaction,
  { personId, now }: { personId: string; now: Date },
  incidentId: string | null,
  to: AnswerTo,
): Promise<string> {
  const told = { audience: 'internal', incidentId, priority: 0, expiresAt: expiryOfAlert(now) } as const
  const announcementId = newId()
  await tx
    .insert(announcements)
    .values({ ...told, id: announcementId, kind: 'answer', createdAt: now, fannedOutAt: now })
  await tx.insert(deliveries).values({
    ...told,
    id: newId(),
    announcementId,
    personId,
    lane: 'staff',
    ...to,
    queuedAt: now,
    nextAttemptAt: now,
  })
  await wake(tx, 'deliver')
  return announcementId
}

/** What an answer tells: what came of it, of which incident, and the update that it speaks of with who wrote it. */
export interface ToldReply {
  reply: StaffReply
  incident: Incident | null
  update: Update | null
  author: string | null
}

export async function toldReply(db: Queryable, announcementId: string): Promise<ToldReply> {
  const [row] = await db
    .select({ reply: staffReplies, incident: incidents, update: updates, author: people.name })
    .from(staffReplies)
    .leftJoin(incidents, eq(incidents.id, staffReplies.incidentId))
    .leftJoin(updates, eq(updates.id, staffReplies.updateId))
    .leftJoin(people, eq(people.id, updates.authorId))
    .where(eq(staffReplies.announcementId, announcementId))
  return row!
}
