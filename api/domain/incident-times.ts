/** The moments of an incident that are measured (standards C31); null while they have not come or nobody knows them. */
export interface IncidentMoments {
  /** When the impact began. */
  startedAt: Date
  detectedAt: Date | null
  declaredAt: Date
  acknowledgedAt: Date | null
  firstPublicUpdateAt: Date | null
  mitigatedAt: Date | null
  resolvedAt: Date | null
}
export type Moment = keyof IncidentMoments

/** What is measured between which two moments (standards C32). "MTTR" alone names none of them. */
export const TIMES = {
  first_update: ['declaredAt', 'firstPublicUpdateAt'],
  first_update_from_start: ['startedAt', 'firstPublicUpdateAt'],
  detect: ['startedAt', 'detectedAt'],
  acknowledge: ['detectedAt', 'acknowledgedAt'],
  mitigate: ['startedAt', 'mitigatedAt'],
  resolve: ['startedAt', 'resolvedAt'],
} as const satisfies Record<string, readonly [Moment, Moment]>
export type TimeName = keyof typeof TIMES
export const TIME_NAMES = Object.keys(TIMES) as TimeName[]

/** A length in milliseconds; unknown is never zero, and an end before its beginning is no length. */
export type Measured = { length: number } | 'unknown' | 'out_of_order'

/** One of the times of one incident. */
export function timeOf(moments: IncidentMoments, name: TimeName): Measured {
  const [from, until] = TIMES[name].map((moment) => moments[moment])
  if (!from || !until) return 'unknown'
  const length = until.getTime() - from.getTime()
  return length < 0 ? 'out_of_order' : { length }
}

/** Which moment cannot come after which. */
const ORDER: readonly (readonly [Moment, Moment])[] = [
  ['startedAt', 'detectedAt'],
  ['startedAt', 'declaredAt'],
  ['detectedAt', 'declaredAt'],
  ['detectedAt', 'acknowledgedAt'],
  ['declaredAt', 'acknowledgedAt'],
  ['declaredAt', 'firstPublicUpdateAt'],
  ['startedAt', 'mitigatedAt'],
  ['startedAt', 'resolvedAt'],
  ['mitigatedAt', 'resolvedAt'],
]

/** A moment that is told to have come after one that it cannot follow. */
export interface OrderViolation {
  earlier: Moment
  later: Moment
}

/** Moments that contradict each other: told so that somebody mends them, never mended by us (standards C31). */
export const orderViolations = (moments: IncidentMoments): OrderViolation[] =>
  ORDER.filter(([earlier, later]) => isBefore(moments[later], moments[earlier])).map(([earlier, later]) => ({
    earlier,
    later,
  }))

const isBefore = (one: Date | null, other: Date | null): boolean => one !== null && other !== null && one < other
