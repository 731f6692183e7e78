import { z } from 'zod'
import { audit } from '../../db/queries/audit.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import type { LadderPause } from '../../db/queries/pauses.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { oneLine } from '../domain/names.ts'
import { Refusal, refuseConflict } from '../domain/refusal.ts'
import { covers } from '../domain/role.ts'
import type { Acting, Actor } from './acting.ts'
import { interval } from './fields.ts'
import { clockTime, pauseLadder } from './pause-ladder.ts'
import { lockFresh } from './post-update.ts'

/** What a snooze takes (contract section 4); the reason goes on the timeline. */
export const snoozeInput = z.strictObject({ for: interval, reason: oneLine(500) })
export type Snooze = z.infer<typeof snoozeInput>

/**
 * Quietens the alerts of the present promise for a bounded time, with a reason. Only who answers for what is said may:
 * the incident's commander or comms lead, or an admin. The promise itself stays, and the page is as late as it is.
 */
export const snooze = (acting: Acting, incidentId: string, input: Snooze): Promise<LadderPause> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, null)
    if (!maySnooze(acting.actor, incident))
      throw new Refusal('forbidden', "Only the incident's commander or comms lead, or an admin, may snooze its alerts.")
    if (incident.nextUpdateDueAt === null)
      throw refuseConflict('nothing_promised', 'Nothing is promised, so nobody would be alerted.')
    const now = await acting.clock(tx)
    const asked = { kind: 'snoozed', length: input.for, reason: input.reason } as const
    const pause = await pauseLadder(tx, acting, incident, asked, now)
    const { personId } = acting.actor
    const text = `Alerts snoozed until ${clockTime(pause.until)}: ${input.reason}`
    await addToTimeline(tx, { incidentId: incident.id, at: now, kind: 'auto', text, personId })
    await audit(tx, acting.actor, {
      action: 'alerts.snoozed',
      subject: { kind: 'incident', id: incident.id },
      after: { deadline_seq: pause.deadlineSeq, until: pause.until.toISOString(), reason: input.reason },
    })
    return pause
  })

/** Whether this actor may quieten the alerts of an incident. */
export const maySnooze = (
  { role, personId }: Pick<Actor, 'role' | 'personId'>,
  { commanderId, commsLeadId }: Pick<Incident, 'commanderId' | 'commsLeadId'>,
): boolean =>
  (role !== null && covers(role, 'admin')) ||
  (personId !== null && (personId === commanderId || personId === commsLeadId))
