import { and, eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { tellPeopleOfBriefing } from '../../db/queries/briefing-announcements.ts'
import {
  type BriefingClock,
  briefingOccasions,
  dueBriefingClocks,
  incidentsWithoutBriefingClock,
  looksForOccasions,
  moveBriefingClock,
  overtakenBriefingClocks,
} from '../../db/queries/briefing-clocks.ts'
import { latestBriefing } from '../../db/queries/briefings.ts'
import { currentPolicy, policyOfVersion } from '../../db/queries/cadence.ts'
import { toldIn } from '../../db/queries/followers.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { reachOfRung } from '../../db/queries/rung-reach.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { alerts, briefingClocks } from '../../db/schema.ts'
import { BRIEFING_CHANNELS } from '../domain/briefing.ts'
import { briefingAfterChange } from '../domain/briefing-cadence.ts'
import type { CadencePolicy, Rung } from '../domain/cadence.ts'
import { MINUTE, plus } from '../domain/duration.ts'
import { expiryOfAlert } from '../domain/freshness.ts'
import { type Decided, ladderNow } from '../domain/ladder.ts'
import type { Acting } from './acting.ts'
import { clockOfDeclaration, owed } from './briefing-clock.ts'
import { reachOfBriefing } from './briefing-reach.ts'

/** How many incidents one transaction takes; more are taken by the next, or by another process at the same time. */
const BATCH = 100

/**
 * One round of the watch over briefings. It notices by itself what is an occasion for one (declared, changed, resolved:
 * standards C22), so that no public update carries a second errand that could fail with it (C25); then it climbs the ladder
 * of those that are late. Each rung is decided once, by the key of the alert and the lock of the clock (R12).
 */
export async function alertBriefingSilence(acting: Acting): Promise<void> {
  for (const round of [noticeOccasions, climbDue])
    while ((await acting.db.transaction((tx) => round(tx, acting))) === BATCH);
}

async function noticeOccasions(tx: Transaction): Promise<number> {
  const ids = (await looksForOccasions(tx)) ? await briefingOccasions(tx, BATCH) : []
  if (ids.length === 0) return 0
  const policy = await currentPolicy(tx)
  const fresh = await incidentsWithoutBriefingClock(tx, ids)
  const overtaken = await overtakenBriefingClocks(tx, ids)
  const clocks = fresh.map((incident) => clockOfDeclaration(policy, incident))
  if (clocks.length > 0) await tx.insert(briefingClocks).values(clocks).onConflictDoNothing()
  for (const { clock, incident } of overtaken) await notice(tx, policy, clock, incident)
  return fresh.length + overtaken.length
}

/** The incident was last changed by what is noticed here, or a moment later: the watch looks every second. */
async function notice(tx: Transaction, policy: CadencePolicy, clock: BriefingClock, incident: Incident): Promise<void> {
  const { updatedAt: at, resolvedAt, severity, status, retracted } = incident
  const since = resolvedAt ?? at
  const dueAt = briefingAfterChange(policy, {
    from: clock,
    to: { severity, status },
    at: since,
    dueAt: clock.dueAt,
    retracted,
    merged: status === 'resolved' && (await toldIn(tx, incident.id)) !== incident.id,
    briefed: (await latestBriefing(tx, incident.id)) !== null,
  })
  // A time that is owed already keeps its ladder; the terms are those of the severity as it is now.
  const stands = dueAt !== null && dueAt.getTime() === clock.dueAt?.getTime()
  const columns = stands
    ? { severity, status }
    : { deadlineSeq: clock.deadlineSeq + 1, ...owed(policy, incident, { since, dueAt }) }
  await moveBriefingClock(tx, incident.id, columns)
}

async function climbDue(tx: Transaction, acting: Acting): Promise<number> {
  const due = await dueBriefingClocks(tx, BATCH)
  for (const { clock, incident } of due) await climb(tx, acting, clock, incident)
  return due.length
}

/** How long a ladder waits for somebody to brief before it looks again: rules, people and components change meanwhile. */
const LOOK_AGAIN = MINUTE

/** Nobody is called to brief nobody: the alarm of a silence that no one hears teaches people to pass alarms by. */
async function climb(tx: Transaction, acting: Acting, clock: BriefingClock, incident: Incident): Promise<void> {
  const now = await acting.clock(tx)
  if ((await reachOfBriefing(tx, incident)).length === 0) {
    const nextRungAt = incident.status === 'resolved' ? null : plus(now, LOOK_AGAIN)
    await moveBriefingClock(tx, incident.id, { nextRungAt })
    return
  }
  const policy = await policyOfVersion(tx, clock.cadenceVersion)
  const deadline = { lastSpokeAt: clock.since, dueAt: clock.dueAt! }
  const ladder = policy[clock.severity].briefing_ladder
  // Taking an incident and snoozing its alerts hold back the rungs of the public promise alone.
  const { decide, nextRungAt } = ladderNow(ladder, deadline, await decidedRungs(tx, clock), [], now)
  if (decide) await fireRung(tx, policy, { clock, incident, rung: decide.rung, dueAt: decide.at }, now)
  await moveBriefingClock(tx, incident.id, { nextRungAt })
}

const decidedRungs = (tx: Transaction, { incidentId, deadlineSeq }: BriefingClock): Promise<Decided[]> =>
  tx
    .select({ rung: alerts.rung, state: alerts.state })
    .from(alerts)
    .where(
      and(eq(alerts.incidentId, incidentId), eq(alerts.audience, 'executive'), eq(alerts.deadlineSeq, deadlineSeq)),
    )

interface Fired {
  clock: BriefingClock
  incident: Incident
  rung: Rung
  dueAt: Date
}

async function fireRung(
  tx: Transaction,
  policy: CadencePolicy,
  { clock, incident, rung, dueAt }: Fired,
  now: Date,
): Promise<void> {
  const { id: incidentId, severity } = incident
  const [alert] = await tx
    .insert(alerts)
    .values({
      id: newId(),
      incidentId,
      audience: 'executive',
      deadlineSeq: clock.deadlineSeq,
      rung: rung.name,
      dueAt,
      firedAt: now,
      state: 'alerted',
    })
    .onConflictDoNothing()
    .returning()
  if (!alert) return
  const reach = await reachOfRung(tx, incident, rung, policy.fallback, BRIEFING_CHANNELS)
  const people = reach.people.map((person) => ({ ...person, channels: reach.channels }))
  const told = { incidentId, alertId: alert.id, severity, expiresAt: expiryOfAlert(now) }
  await tellPeopleOfBriefing(tx, { kind: 'briefing_alert', lane: 'staff', ...told }, people, now)
  const text = `Briefing ladder: ${rung.name} (${rung.to.join(', ')}).`
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text })
}
