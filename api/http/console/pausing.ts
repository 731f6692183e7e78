import type { Incident } from '../../../db/queries/incidents.ts'
import { namesOfKeys, namesOfPeople } from '../../../db/queries/names.ts'
import { type LadderPause, pausesOf } from '../../../db/queries/pauses.ts'
import { maySnooze } from '../../actions/snooze-alerts.ts'
import type { CadencePolicy } from '../../domain/cadence.ts'
import { durationOf } from '../../domain/duration.ts'
import { longestPause, pauseLengths } from '../../domain/pause.ts'
import { covers } from '../../domain/role.ts'
import type { Pausing } from '../../domain/room.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'

/**
 * Who holds the alerts of an incident back at present, and what its viewer may do about them under the cadence of the
 * open promise; null when it is over.
 */
export async function pausingOf(
  { acting }: Call,
  incident: Incident,
  policy: CadencePolicy,
  now: Date,
  refused: Form | null,
): Promise<Pausing | null> {
  if (incident.status === 'resolved') return null
  const { db, actor } = acting
  const longest = incident.nextUpdateDueAt ? longestPause(policy[incident.severity]) : null
  const may = maySnooze(actor, incident) ? pauseLengths(longest ?? 0) : []
  return {
    held: await heldNow(acting.db, await pausesOf(db, incident), now),
    longest: longest && longest / 1000,
    mayTake: covers(actor.role!, 'responder') && (longest !== null || incident.acknowledgedAt === null),
    lengths: may.map((length) => ({ value: durationOf(length), seconds: length / 1000 })),
    refused,
  }
}

async function heldNow(db: Call['acting']['db'], pauses: readonly LadderPause[], now: Date): Promise<Pausing['held']> {
  const inForce = pauses.filter((pause) => pause.until > now)
  const people = await namesOfPeople(
    db,
    inForce.map(({ personId }) => personId),
  )
  const keys = await namesOfKeys(
    db,
    inForce.map(({ keyId }) => keyId),
  )
  return inForce
    .toSorted((one, other) => other.until.getTime() - one.until.getTime())
    .map(({ kind, personId, keyId, until, reason }) => ({
      kind,
      by: people.get(personId ?? '') ?? keys.get(keyId ?? '') ?? 'Somebody',
      until: until.toISOString(),
      reason,
    }))
}
