import { desc, eq, inArray, lte } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Queryable, Transaction } from '../client.ts'
import { holdingNotices, incidents, updates } from '../schema.ts'
import { type Concern, concernOf, hears } from './audience.ts'
import type { Reader } from './cadence.ts'
import { collect } from './collect.ts'
import { tellNextOf } from './fan-out.ts'
import { componentsHeldBy, type HeldComponent, type Incident } from './incidents.ts'
import { concernOfFirstWord } from './reach.ts'
import { type Announcement, publicWords } from './told.ts'

export type HoldingNotice = typeof holdingNotices.$inferSelect

/** The holding notices of these incidents, by incident, newest first. */
export async function holdingNoticesOf(
  reader: Reader,
  incidentIds: readonly string[],
): Promise<Map<string, HoldingNotice[]>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select()
    .from(holdingNotices)
    .where(inArray(holdingNotices.incidentId, [...incidentIds]))
    .orderBy(desc(holdingNotices.publishedAt))
  return collect(rows, (notice) => [notice.incidentId, notice])
}

/** A holding notice with its incident as it stands, and what that holds. */
export interface ToldNotice {
  notice: HoldingNotice
  incident: Incident
  held: HeldComponent[]
}

export async function toldNotice(db: Queryable, id: string): Promise<ToldNotice> {
  const [row] = await db
    .select({ notice: holdingNotices, incident: incidents })
    .from(holdingNotices)
    .innerJoin(incidents, eq(incidents.id, holdingNotices.incidentId))
    .where(eq(holdingNotices.id, id))
  const held = (await componentsHeldBy(db, [row!.incident.id])).get(row!.incident.id) ?? []
  return { ...row!, held }
}

/**
 * Whom it concerns: as the update that the silence follows, like every word that is no milestone. The first that anybody
 * hears of an incident is one, and concerns whom its first words would.
 */
export async function concernOfNotice(db: Queryable, { notice, incident, held }: ToldNotice): Promise<Concern> {
  const [last] = await publicWords(db, notice.incidentId, lte(updates.seq, notice.afterSeq))
  if (last) return { ...(await concernOf(db, last)), milestone: false }
  const componentIds = held.map(({ id }) => id)
  return { ...(await concernOfFirstWord(db, incident.severity, componentIds)), incidentId: incident.id }
}

/**
 * Writes the rows of a holding notice for the next chunk of those who want every word on its incident. They belong to no
 * update: nothing older is overtaken by a notice, and who composes one drops it once we have spoken. Answers as `tellNextOf`.
 */
export const tellNextOfNotice = (
  tx: Transaction,
  announcement: Announcement,
  concern: Concern,
  channels: readonly Channel[],
): Promise<string | null> => tellNextOf(tx, announcement, hears(concern), channels)
