import type { ComponentStatus } from './component.ts'

/** Severities by customer impact, worst first (contract section 3, standards C9). */
export const SEVERITIES = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Impact as outsiders read it (Statuspage's word for severity), worst first. */
export const IMPACTS = ['critical', 'major', 'minor', 'none'] as const
export type Impact = (typeof IMPACTS)[number]

interface SeverityFacts {
  impact: Impact
  /** What a component is shown as when an incident of this severity names it without a status. */
  componentStatus: ComponentStatus
}

export const SEVERITY: Record<Severity, SeverityFacts> = {
  SEV1: { impact: 'critical', componentStatus: 'major_outage' },
  SEV2: { impact: 'major', componentStatus: 'partial_outage' },
  SEV3: { impact: 'minor', componentStatus: 'degraded_performance' },
  SEV4: { impact: 'none', componentStatus: 'operational' },
}

/** 1 for SEV1 … 4 for SEV4; a smaller rank is worse. */
export const severityRank = (severity: Severity): number => SEVERITIES.indexOf(severity) + 1

/** True when going from `from` to `to` makes it worse. */
export const isRaise = (from: Severity, to: Severity): boolean => severityRank(to) < severityRank(from)

/** The worse of two. */
export const graver = (one: Severity, other: Severity): Severity => (isRaise(one, other) ? other : one)
