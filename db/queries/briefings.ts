import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import { briefingReceipts, briefingRecipients, briefings, decisions, incidents, people, updates } from '../schema.ts'
import type { Reader } from './cadence.ts'
import { collect } from './collect.ts'

export type Briefing = typeof briefings.$inferSelect
export type Decision = typeof decisions.$inferSelect
export type BriefingRecipient = typeof briefingRecipients.$inferSelect
export type Receipt = typeof briefingReceipts.$inferSelect

/** One public update as a briefing names it. */
export interface ToldPublic {
  updateId: string
  publishedAt: Date
  headline: string
}

/** A briefing with all that belongs to it. */
export interface WholeBriefing {
  briefing: Briefing
  decision: Decision | null
  recipients: BriefingRecipient[]
  /** In the order of reading. */
  reads: Receipt[]
  /** What the public had been told by then, in order. */
  toldPublic: ToldPublic[]
}

export async function briefingById(reader: Reader, id: string): Promise<Briefing | null> {
  const [row] = await reader.select().from(briefings).where(eq(briefings.id, id))
  return row ?? null
}

/** Briefings of one incident, newest first. */
export const briefingsOf = (reader: Reader, incidentId: string): Promise<Briefing[]> =>
  reader.select().from(briefings).where(eq(briefings.incidentId, incidentId)).orderBy(desc(briefings.seq))

/** The newest briefing of an incident. */
export async function latestBriefing(reader: Reader, incidentId: string): Promise<Briefing | null> {
  const [row] = await reader
    .select()
    .from(briefings)
    .where(eq(briefings.incidentId, incidentId))
    .orderBy(desc(briefings.seq))
    .limit(1)
  return row ?? null
}

/** The briefing that was posted beside each update of these incidents, by update id. */
export async function briefingsBesideUpdates(
  reader: Reader,
  incidentIds: readonly string[],
): Promise<Map<string, string>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select({ id: briefings.id, updateId: briefings.updateId })
    .from(briefings)
    .where(and(inArray(briefings.incidentId, [...incidentIds]), sql`${briefings.updateId} is not null`))
  return new Map(rows.map((row) => [row.updateId!, row.id]))
}

/** Briefings with all that belongs to them, in the order given; four queries, however many they are. */
export async function wholeBriefings(reader: Reader, of: readonly Briefing[]): Promise<WholeBriefing[]> {
  if (of.length === 0) return []
  const ids = of.map((briefing) => briefing.id)
  const [asked, recipientRows, readRows, told] = await Promise.all([
    reader.select().from(decisions).where(inArray(decisions.briefingId, ids)),
    reader
      .select()
      .from(briefingRecipients)
      .where(inArray(briefingRecipients.briefingId, ids))
      .orderBy(asc(briefingRecipients.personId)),
    reader
      .select()
      .from(briefingReceipts)
      .where(inArray(briefingReceipts.briefingId, ids))
      .orderBy(asc(briefingReceipts.readAt), asc(briefingReceipts.personId)),
    toldPublicOf(reader, [...new Set(of.map((briefing) => briefing.incidentId))]),
  ])
  const recipients = collect(recipientRows, (row) => [row.briefingId, row])
  const reads = collect(readRows, (row) => [row.briefingId, row])
  return of.map((briefing) => ({
    briefing,
    decision: asked.find((each) => each.briefingId === briefing.id) ?? null,
    recipients: recipients.get(briefing.id) ?? [],
    reads: reads.get(briefing.id) ?? [],
    toldPublic: (told.get(briefing.incidentId) ?? []).filter((each) => each.publishedAt <= briefing.publishedAt),
  }))
}

export const wholeBriefing = async (reader: Reader, briefing: Briefing): Promise<WholeBriefing> =>
  (await wholeBriefings(reader, [briefing]))[0]!

/** What the public has been told of these incidents, in order, by incident. */
export async function toldPublicOf(reader: Reader, incidentIds: readonly string[]): Promise<Map<string, ToldPublic[]>> {
  const rows = await reader
    .select({
      incidentId: updates.incidentId,
      updateId: updates.id,
      publishedAt: updates.publishedAt,
      headline: updates.headline,
    })
    .from(updates)
    .where(
      and(
        inArray(updates.incidentId, [...incidentIds]),
        eq(updates.audience, 'public'),
        eq(updates.state, 'published'),
      ),
    )
    .orderBy(asc(updates.seq))
  return collect(rows, ({ incidentId, publishedAt, ...row }) => [incidentId, { ...row, publishedAt: publishedAt! }])
}

/** Who can be asked for a decision: everybody active, executives first. */
export const whoDecides = (reader: Reader) =>
  reader
    .select({ id: people.id, name: people.name, role: people.role })
    .from(people)
    .where(eq(people.active, true))
    .orderBy(sql`${people.role} <> 'executive'`, asc(people.name))
    .limit(500)

/** Past and present briefings with their incidents, newest first. */
export const briefingHistory = (reader: Reader, limit: number) =>
  reader
    .select({ briefing: briefings, title: incidents.title })
    .from(briefings)
    .innerJoin(incidents, eq(incidents.id, briefings.incidentId))
    .orderBy(desc(briefings.publishedAt), desc(briefings.id))
    .limit(limit)
