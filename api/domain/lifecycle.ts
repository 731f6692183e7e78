import type { Severity } from './severity.ts'

/**
 * What customers read, in the order in which an incident normally moves:
 *
 *   investigating → identified → monitoring → resolved
 *        ↑______________↑____________↑____________|  reopening (its own act, with its own words)
 *
 * Any step forward or back among the open ones is allowed; `resolved` is left only by reopening, and the id stays.
 */
export const INCIDENT_STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const
export type IncidentStatus = (typeof INCIDENT_STATUSES)[number]

const STEPS: Record<IncidentStatus, readonly IncidentStatus[]> = {
  investigating: ['investigating', 'identified', 'monitoring', 'resolved'],
  identified: ['investigating', 'identified', 'monitoring', 'resolved'],
  monitoring: ['investigating', 'identified', 'monitoring', 'resolved'],
  resolved: [],
}

/** Whether an update may move an incident from one status to another. */
export const mayStep = (from: IncidentStatus, to: IncidentStatus): boolean => STEPS[from].includes(to)

export const KINDS = ['incident', 'drill', 'near_miss'] as const
export type Kind = (typeof KINDS)[number]

export const VISIBILITIES = ['public', 'internal'] as const
export type Visibility = (typeof VISIBILITIES)[number]

/** Life of an update: held → published | recalled. */
export const UPDATE_STATES = ['held', 'published', 'recalled'] as const
export type UpdateState = (typeof UPDATE_STATES)[number]

export const PHASES = ['detect', 'triage', 'mitigate', 'resolve', 'review', 'closed'] as const
export type Phase = (typeof PHASES)[number]

/**
 * The lifecycle phase, derived from what has happened (contract section 3). A resolved SEV1 or SEV2 stays in review
 * until its review is closed; the others are closed by resolving.
 */
export function phaseOf(incident: { status: IncidentStatus; severity: Severity; acknowledgedAt: Date | null }): Phase {
  switch (incident.status) {
    case 'investigating':
      return incident.acknowledgedAt ? 'triage' : 'detect'
    case 'identified':
    case 'monitoring':
      return 'mitigate'
    case 'resolved':
      return incident.severity === 'SEV1' || incident.severity === 'SEV2' ? 'review' : 'closed'
  }
}
