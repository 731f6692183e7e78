import { eq } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import { corrections, incidents, updates } from '../schema.ts'
import { type Correction, correctionsOf } from './corrections.ts'
import { componentsHeldBy, type HeldComponent, type Incident, type Update } from './incidents.ts'

/** A correction with what is told beside it. */
export interface ToldCorrection {
  correction: Correction
  /** What it corrects. */
  update: Update
  incident: Incident
  held: HeldComponent[]
  /** When the words that were wrong were said: with the update, or with the correction before. */
  saidAt: Date
}

export async function toldCorrection(db: Queryable, correctionId: string): Promise<ToldCorrection> {
  const [row] = await db
    .select()
    .from(corrections)
    .innerJoin(updates, eq(updates.id, corrections.updateId))
    .innerJoin(incidents, eq(incidents.id, corrections.incidentId))
    .where(eq(corrections.id, correctionId))
  const { corrections: correction, updates: update, incidents: incident } = row!
  const known = (await correctionsOf(db, [incident.id])).get(update.id) ?? []
  const before = known.find((each) => each.createdAt < correction.createdAt)
  const held = (await componentsHeldBy(db, [incident.id])).get(incident.id) ?? []
  return { correction, update, incident, held, saidAt: before?.createdAt ?? update.publishedAt! }
}
