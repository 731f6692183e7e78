import { z } from 'zod'
import { versionsBetween } from '../../db/queries/incident-facts.ts'
import type { Acting } from '../actions/acting.ts'
import { instant } from '../actions/fields.ts'
import { monthsBack } from '../domain/days.ts'
import { DAY } from '../domain/duration.ts'
import { type IncidentMetrics, incidentMetrics } from '../domain/metrics.ts'
import { refuseField } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import { measuredAs } from './measured-incidents.ts'

/** What is measured: incidents declared from `since` until before `until`, of one severity or of all. */
export const measuredQuery = z.strictObject({
  since: instant.optional(),
  until: instant.optional(),
  severity: z.enum(SEVERITIES).optional(),
})

/** Months that are measured when nobody says which, this one included. */
const USUAL_MONTHS = 12
/** Ten years: as many rows by month as anybody reads. */
const LONGEST = 3_653 * DAY
/** Incidents that one answer is made of. */
const MOST = 20_000

export interface MeasuredRange {
  since: Date
  until: Date
  asOf: Date
  metrics: IncidentMetrics
}

/** The figures of a range; without one, of the last twelve months. Refuses a range that is none or holds too much. */
export async function measure({ db, clock }: Acting, asked: z.infer<typeof measuredQuery>): Promise<MeasuredRange> {
  const asOf = await clock(db)
  const until = asked.until ?? asOf
  const since = asked.since ?? monthsBack(until, USUAL_MONTHS - 1)
  if (since >= until) throw refuseField('since', 'not_before_until', 'Use a since that lies before until.')
  if (until.getTime() - since.getTime() > LONGEST)
    throw refuseField('since', 'range_too_long', 'Ask for ten years at most.')
  const versions = await versionsBetween(db, { since, until, severity: asked.severity }, MOST + 1)
  if (versions.length > MOST)
    throw refuseField(
      'since',
      'too_many_incidents',
      `More than ${MOST} incidents were declared then; ask for less time.`,
    )
  const incidents = await measuredAs(db, versions, asOf, MOST)
  return { since, until, asOf, metrics: incidentMetrics(incidents, { since, until }) }
}
