import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { policyOfVersion } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import type { LadderPause } from '../../db/queries/pauses.ts'
import { ladderPauses } from '../../db/schema.ts'
import { plus } from '../domain/duration.ts'
import { type PauseKind, pauseLength } from '../domain/pause.ts'
import { Refusal, refuseConflict } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/** What a pause takes: how long, in milliseconds (`null`: as long as the cadence allows), and why, for a snooze. */
export interface AskedPause {
  kind: PauseKind
  length: number | null
  reason: string | null
}

/**
 * Holds back the rungs of a locked incident's present promise, by the terms that this promise keeps. The promise itself
 * stays where it is, and the page says that it is late as if nobody had held anything (contract section 3).
 */
export async function pauseLadder(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  asked: AskedPause,
  now: Date,
): Promise<LadderPause> {
  if (incident.status === 'resolved')
    throw refuseConflict('illegal_transition', 'This incident is resolved; nobody is alerted of it.')
  const policy = await policyOfVersion(tx, incident.cadenceVersion)
  const allowed = pauseLength(policy[incident.severity], incident.severity, asked.kind, asked.length)
  if ('refused' in allowed) throw new Refusal('invalid', allowed.refused.message, [allowed.refused])
  const [pause] = await tx
    .insert(ladderPauses)
    .values({
      id: newId(),
      incidentId: incident.id,
      deadlineSeq: incident.deadlineSeq,
      kind: asked.kind,
      createdAt: now,
      until: plus(now, allowed.length),
      reason: asked.reason,
      personId: actor.personId,
      keyId: actor.kind === 'key' ? actor.id : null,
    })
    .returning()
  return pause!
}

/** An instant as the timeline writes it. */
export const clockTime = (at: Date): string => `${at.toISOString().slice(11, 16)} UTC`
