import type { BriefingClock } from '../../db/queries/briefing-clocks.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { briefingAfterChange } from '../domain/briefing-cadence.ts'
import type { CadencePolicy } from '../domain/cadence.ts'
import { firstRungAt } from '../domain/ladder.ts'

/** The columns of a clock that together say which briefing is owed and when its ladder moves next. */
export const owed = (
  policy: CadencePolicy,
  { severity, status }: Pick<Incident, 'severity' | 'status'>,
  { since, dueAt }: { since: Date; dueAt: Date | null },
) => ({
  severity,
  status,
  since,
  dueAt,
  nextRungAt: firstRungAt(policy[severity].briefing_ladder, since, dueAt),
  cadenceVersion: policy.version,
})

/** The clock of an incident as its declaration sets it. */
export function clockOfDeclaration(policy: CadencePolicy, incident: Incident): BriefingClock {
  const { id, severity, status, declaredAt: at, retracted } = incident
  const dueAt = briefingAfterChange(policy, {
    from: null,
    to: { severity, status },
    at,
    dueAt: null,
    retracted,
    merged: false,
    briefed: false,
  })
  return { incidentId: id, deadlineSeq: 1, ...owed(policy, incident, { since: at, dueAt }) }
}
