import { z } from 'zod'
import { durationOf } from '../../domain/duration.ts'
import { TIME_NAMES, type TimeName } from '../../domain/incident-times.ts'
import type { Figures, TimeFigure } from '../../domain/metrics.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import type { MeasuredRange } from '../measured-range.ts'

const orNull = <T extends z.ZodType>(schema: T) => schema.nullable()
const duration = z.string().describe('ISO 8601')

const timeAnswer = z.strictObject({
  known: z.int(),
  unknown: z.int().describe('Left out, because one of its two times has not come or nobody knows it'),
  out_of_order: z.int().describe('Left out, because it ends before it begins'),
  mean: orNull(duration),
  median: orNull(duration),
  p90: orNull(duration),
})

/** Names of the times as they stand in JSON. */
const TIME_FIELDS = {
  first_update: 'time_to_first_update',
  first_update_from_start: 'time_to_first_update_from_start',
  detect: 'time_to_detect',
  acknowledge: 'time_to_acknowledge',
  mitigate: 'time_to_mitigate',
  resolve: 'time_to_resolve',
} as const satisfies Record<TimeName, string>

const figures = {
  incidents: z.int(),
  open: z.int(),
  cadence: z.strictObject({
    deadlines_due: z.int().describe('Came due, the ones that are broken now included'),
    deadlines_met: z.int().describe('Spoken at or before the promised instant'),
    deadlines_voided: z.int().describe('Ended before they were due, by a resolution or an earlier deadline; outside'),
    kept_percent: orNull(z.number()).describe('Met of due, one decimal, floored'),
    overdue: duration.describe('Overdue time in all'),
    longest_silence: duration,
    open_silence: orNull(duration).describe('The longest time since the last word of an incident that is open'),
  }),
  updates: z.int(),
  share_no_change: orNull(z.number()).describe('Updates that told of no material change, of all updates'),
  time_to_first_update: timeAnswer.describe('First public update after the declaration'),
  time_to_first_update_from_start: timeAnswer.describe('First public update after the impact began'),
  time_to_detect: timeAnswer.describe('Detected after the impact began'),
  time_to_acknowledge: timeAnswer.describe('Acknowledged after being detected'),
  time_to_mitigate: timeAnswer.describe('Mitigated after the impact began'),
  time_to_resolve: timeAnswer.describe('Resolved after the impact began'),
}

const moment = z.enum([
  'started_at',
  'detected_at',
  'declared_at',
  'acknowledged_at',
  'first_public_update_at',
  'mitigated_at',
  'resolved_at',
])

/** Incidents told as out of order; the count tells of all. */
const MOST_TOLD = 100

export const incidentMetricsAnswer = z.strictObject({
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  as_of: z.iso.datetime(),
  total: z.strictObject(figures),
  by_severity: z.array(z.strictObject({ severity: z.enum(SEVERITIES), ...figures })),
  by_month: z.array(z.strictObject({ month: z.string().describe('YYYY-MM, UTC, of the declaration'), ...figures })),
  retracted: z.int().describe('False alarms, which count nowhere else'),
  out_of_order: z.strictObject({
    count: z.int(),
    incidents: z
      .array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          violations: z.array(z.strictObject({ earlier: moment, later: moment })),
        }),
      )
      .describe(`The newest ${MOST_TOLD}`),
  }),
})
type Answer = z.infer<typeof incidentMetricsAnswer>
type FiguresAnswer = Answer['total']

/** The figures of a range as the API answers them. */
export const incidentMetricsJson = ({ since, until, asOf, metrics }: MeasuredRange): Answer => ({
  since: since.toISOString(),
  until: until.toISOString(),
  as_of: asOf.toISOString(),
  total: figuresJson(metrics.total),
  by_severity: metrics.bySeverity.map(({ severity, ...own }) => ({ severity, ...figuresJson(own) })),
  by_month: metrics.byMonth.map(({ month, ...own }) => ({ month, ...figuresJson(own) })),
  retracted: metrics.retracted,
  out_of_order: {
    count: metrics.outOfOrder.length,
    incidents: metrics.outOfOrder.slice(0, MOST_TOLD).map(({ id, title, violations }) => ({
      id,
      title,
      violations: violations.map(({ earlier, later }) => ({ earlier: FIELD[earlier], later: FIELD[later] })),
    })),
  },
})

const FIELD = {
  startedAt: 'started_at',
  detectedAt: 'detected_at',
  declaredAt: 'declared_at',
  acknowledgedAt: 'acknowledged_at',
  firstPublicUpdateAt: 'first_public_update_at',
  mitigatedAt: 'mitigated_at',
  resolvedAt: 'resolved_at',
} as const

const figuresJson = ({ incidents, open, cadence, updates, noChange, times }: Figures): FiguresAnswer => ({
  incidents,
  open,
  cadence: {
    deadlines_due: cadence.due,
    deadlines_met: cadence.met,
    deadlines_voided: cadence.voided,
    kept_percent: cadence.keptPercent,
    overdue: durationOf(cadence.overdue),
    longest_silence: durationOf(cadence.longestSilence),
    open_silence: cadence.openSilence === null ? null : durationOf(cadence.openSilence),
  },
  updates,
  share_no_change: updates === 0 ? null : Math.round((noChange / updates) * 1000) / 1000,
  ...timesJson(times),
})

type TimeField = (typeof TIME_FIELDS)[TimeName]

const timesJson = (times: Figures['times']) =>
  Object.fromEntries(TIME_NAMES.map((name) => [TIME_FIELDS[name], timeJson(times[name])])) as Record<
    TimeField,
    z.infer<typeof timeAnswer>
  >

const timeJson = ({ known, unknown, outOfOrder, spread }: TimeFigure): z.infer<typeof timeAnswer> => ({
  known,
  unknown,
  out_of_order: outOfOrder,
  mean: spread && durationOf(spread.mean),
  median: spread && durationOf(spread.median),
  p90: spread && durationOf(spread.p90),
})
