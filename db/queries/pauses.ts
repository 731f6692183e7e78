import { and, desc, eq } from 'drizzle-orm'
import { ladderPauses } from '../schema.ts'
import type { Reader } from './cadence.ts'
import type { Incident } from './incidents.ts'

export type LadderPause = typeof ladderPauses.$inferSelect

/** What held the ladder of the present promise back, ended or not, newest first. */
export const pausesOf = (
  reader: Reader,
  { id, deadlineSeq }: Pick<Incident, 'id' | 'deadlineSeq'>,
): Promise<LadderPause[]> =>
  reader
    .select()
    .from(ladderPauses)
    .where(and(eq(ladderPauses.incidentId, id), eq(ladderPauses.deadlineSeq, deadlineSeq)))
    .orderBy(desc(ladderPauses.createdAt), desc(ladderPauses.id))
