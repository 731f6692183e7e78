import { and, desc, eq, getTableColumns, inArray } from 'drizzle-orm'
import { incidents, ladderPauses } from '../schema.ts'
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

/** The same of several incidents at once, by incident. */
export async function pausesOfAll(
  reader: Reader,
  incidentIds: readonly string[],
): Promise<ReadonlyMap<string, LadderPause[]>> {
  const rows = await reader
    .select(getTableColumns(ladderPauses))
    .from(ladderPauses)
    .innerJoin(
      incidents,
      and(eq(incidents.id, ladderPauses.incidentId), eq(incidents.deadlineSeq, ladderPauses.deadlineSeq)),
    )
    .where(inArray(incidents.id, [...incidentIds]))
    .orderBy(desc(ladderPauses.createdAt), desc(ladderPauses.id))
  return Map.groupBy(rows, ({ incidentId }) => incidentId)
}
