import { type CadenceKept, cadenceKept, type Spoken } from './cadence-kept.ts'
import { monthsSince, utcMonth } from './days.ts'
import {
  type IncidentMoments,
  type Measured,
  type OrderViolation,
  orderViolations,
  TIME_NAMES,
  type TimeName,
  timeOf,
} from './incident-times.ts'
import { SEVERITIES, type Severity } from './severity.ts'
import { type Spread, spreadOf } from './spread.ts'

/** What is measured of one incident. */
export interface IncidentFacts extends IncidentMoments {
  id: string
  title: string
  severity: Severity
  /** A false alarm: outside every figure (contract section 4, retraction). */
  retracted: boolean
  /** It became part of another one: it ended, and what was wrong did not. */
  merged: boolean
  nextUpdateDueAt: Date | null
  /** Published ones, oldest first. */
  updates: readonly (Spoken & { noChange: boolean })[]
}

/** The figure of one of the times over several incidents: those left out are counted, never taken as zero. */
export interface TimeFigure {
  known: number
  unknown: number
  outOfOrder: number
  /** Null where nothing is known. */
  spread: Spread | null
}

/** The figures of several incidents; lengths in milliseconds. */
export interface Figures {
  incidents: number
  open: number
  cadence: CadenceKept & { keptPercent: number | null }
  updates: number
  noChange: number
  times: Record<TimeName, TimeFigure>
}

export interface IncidentMetrics {
  total: Figures
  bySeverity: ({ severity: Severity } & Figures)[]
  /** By declaration, UTC, newest first; quiet months are told too. */
  byMonth: ({ month: string } & Figures)[]
  /** False alarms, which count nowhere else. */
  retracted: number
  /** Incidents whose times contradict each other, newest first. */
  outOfOrder: { id: string; title: string; violations: OrderViolation[] }[]
}

/** Deadlines met of deadlines due, in percent with one decimal; floored, so that 100 means all of them. */
export const keptPercent = ({ met, due }: Pick<CadenceKept, 'met' | 'due'>): number | null =>
  due === 0 ? null : Math.floor((met / due) * 1000) / 10

/** The figures of everything declared from `since` until before `until`; `incidents` newest first. */
export function incidentMetrics(
  incidents: readonly MeasuredIncident[],
  range: { since: Date; until: Date },
): IncidentMetrics {
  const real = incidents.filter((incident) => !incident.retracted)
  const ofSeverity = Map.groupBy(real, ({ severity }) => severity)
  const ofMonth = Map.groupBy(real, ({ month }) => month)
  const lastInstant = new Date(range.until.getTime() - 1)
  return {
    total: figuresFrom(real),
    bySeverity: SEVERITIES.map((severity) => ({ severity, ...figuresFrom(ofSeverity.get(severity) ?? []) })),
    byMonth: monthsSince(range.since, lastInstant).map((month) => ({
      month,
      ...figuresFrom(ofMonth.get(month) ?? []),
    })),
    retracted: incidents.length - real.length,
    outOfOrder: real.flatMap(({ id, title, violations }) =>
      violations.length === 0 ? [] : [{ id, title, violations }],
    ),
  }
}

/** The figures of these incidents, at `now`. */
export const figuresOf = (incidents: readonly IncidentFacts[], now: Date): Figures =>
  figuresFrom(incidents.map((incident) => measured(incident, now)))

/** One incident, measured once however many groups it counts in; while it is not open, the same at every moment. */
export interface MeasuredIncident extends Pick<IncidentFacts, 'id' | 'title' | 'severity' | 'retracted'> {
  /** Of its declaration, UTC. */
  month: string
  open: boolean
  cadence: CadenceKept
  times: Record<TimeName, Measured>
  violations: OrderViolation[]
  updates: number
  noChange: number
}

/** What is to be told of one incident at `now`. */
export const measured = (incident: IncidentFacts, now: Date): MeasuredIncident => ({
  id: incident.id,
  title: incident.title,
  severity: incident.severity,
  retracted: incident.retracted,
  month: utcMonth(incident.declaredAt),
  open: incident.resolvedAt === null,
  cadence: cadenceKept(incident, now),
  times: byTime((name) => timeOf(incident.merged ? { ...incident, resolvedAt: null } : incident, name)),
  violations: orderViolations(incident),
  updates: incident.updates.length,
  noChange: incident.updates.filter((update) => update.noChange).length,
})

const byTime = <T>(of: (name: TimeName) => T) =>
  Object.fromEntries(TIME_NAMES.map((name) => [name, of(name)])) as Record<TimeName, T>

function figuresFrom(incidents: readonly MeasuredIncident[]): Figures {
  const cadence = together(incidents.map((each) => each.cadence))
  return {
    incidents: incidents.length,
    open: incidents.filter(({ open }) => open).length,
    cadence: { ...cadence, keptPercent: keptPercent(cadence) },
    updates: incidents.reduce((sum, { updates }) => sum + updates, 0),
    noChange: incidents.reduce((sum, each) => sum + each.noChange, 0),
    times: byTime((name) => timeFigure(incidents.map((each) => each.times[name]))),
  }
}

const NOTHING: CadenceKept = { due: 0, met: 0, voided: 0, overdue: 0, longestSilence: 0, openSilence: null }

const together = (records: readonly CadenceKept[]): CadenceKept =>
  records.reduce(
    (sum, each) => ({
      due: sum.due + each.due,
      met: sum.met + each.met,
      voided: sum.voided + each.voided,
      overdue: sum.overdue + each.overdue,
      longestSilence: Math.max(sum.longestSilence, each.longestSilence),
      openSilence: longer(sum.openSilence, each.openSilence),
    }),
    NOTHING,
  )

const longer = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.max(one, other)

function timeFigure(measured: readonly Measured[]): TimeFigure {
  const lengths = measured.flatMap((each) => (typeof each === 'object' ? [each.length] : []))
  return {
    known: lengths.length,
    unknown: measured.filter((each) => each === 'unknown').length,
    outOfOrder: measured.filter((each) => each === 'out_of_order').length,
    spread: spreadOf(lengths),
  }
}
