import { approversOf, severityTold } from '../../../db/queries/approvals.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import type { Acting } from '../../actions/acting.ts'
import { approvalWait } from '../../domain/approval.ts'
import type { CadencePolicy } from '../../domain/cadence.ts'
import { millisecondsOf } from '../../domain/duration.ts'
import { leavesAt, releaseTime } from '../../domain/hold.ts'
import type { ApprovalAhead } from '../../domain/room.ts'
import { SEVERITIES, type Severity } from '../../domain/severity.ts'

/**
 * What an update that its author posts now, at each severity, waits for before it goes out: whom the room names before
 * anything is posted. Null where no second person is asked; only what outsiders read waits for one.
 */
export async function approvalAhead(
  { db, clock, actor }: Acting,
  incident: Incident,
  policy: CadencePolicy & { fallback: readonly string[] },
): Promise<Record<Severity, ApprovalAhead | null>> {
  const told = await severityTold(db, incident.id)
  const waits = SEVERITIES.map((severity) => [severity, waitAt(incident, [severity, told], policy)] as const)
  if (waits.every(([, wait]) => wait === null)) return each(waits, () => null)
  const people = await db.transaction((tx) => approversOf(tx, incident, actor.personId, policy.fallback))
  const now = await clock(db)
  const named = await namesOfPeople(
    db,
    people.map(({ id }) => id),
  )
  return each(waits, (wait, severity) => {
    const longest = Math.max(wait, millisecondsOf(policy[severity].hold)!)
    const dueAt = incident.nextUpdateDueAt
    const release = releaseTime(now, longest, dueAt)
    return {
      people: people.flatMap(({ id }) => named.get(id) ?? []),
      seconds: longest / 1000,
      leavesAt: release && leavesAt(release, dueAt).toISOString(),
      dueAt: dueAt?.toISOString() ?? null,
    }
  })
}

const waitAt = (
  { visibility, severity }: Incident,
  [chosen, told]: readonly [Severity, Severity | null],
  policy: CadencePolicy,
): number | null => (visibility === 'public' ? approvalWait(policy, [severity, chosen, told ?? severity]) : null)

const each = (
  waits: readonly (readonly [Severity, number | null])[],
  of: (wait: number, severity: Severity) => ApprovalAhead | null,
): Record<Severity, ApprovalAhead | null> =>
  Object.fromEntries(waits.map(([severity, wait]) => [severity, wait === null ? null : of(wait, severity)])) as Record<
    Severity,
    ApprovalAhead | null
  >
