import { and, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueAlert } from '../../db/queries/announcements.ts'
import { policyOfVersion } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { pausesOf } from '../../db/queries/pauses.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { alerts, incidents } from '../../db/schema.ts'
import { type Decided, type Decision, ladderNow } from '../domain/ladder.ts'
import { PAUSE_KINDS } from '../domain/pause.ts'
import type { Acting } from './acting.ts'

/** How many incidents one transaction takes; more are taken by the next, or by another process at the same time. */
const BATCH = 100

/**
 * One round of the silence ladder: every incident whose next rung is due is locked, the rung decided once (unique by
 * incident, deadline and rung) and the alert written, all in one transaction (standards R12). A post that holds the lock
 * first resets the clock, and there is nothing left to alert. Answers how many rungs alerted somebody.
 */
export async function alertSilence(acting: Acting): Promise<number> {
  let fired = 0
  let taken = BATCH
  while (taken === BATCH) {
    const round = await acting.db.transaction((tx) => takeDue(tx, acting))
    taken = round.taken
    fired += round.fired
  }
  return fired
}

async function takeDue(tx: Transaction, acting: Acting): Promise<{ taken: number; fired: number }> {
  const due = await tx
    .select()
    .from(incidents)
    .where(and(isNotNull(incidents.nextRungAt), lte(incidents.nextRungAt, sql`(select sitrep_now())`)))
    .orderBy(incidents.nextRungAt)
    .limit(BATCH)
    .for('update', { skipLocked: true })
  let fired = 0
  for (const incident of due) if (await climb(tx, acting, incident)) fired += 1
  return { taken: due.length, fired }
}

async function climb(tx: Transaction, acting: Acting, incident: Incident): Promise<boolean> {
  const now = await acting.clock(tx)
  const policy = await policyOfVersion(tx, incident.cadenceVersion)
  const deadline = { lastSpokeAt: incident.lastSpokeAt, dueAt: incident.nextUpdateDueAt! }
  const decided = await decidedRungs(tx, incident)
  const pauses = await pausesOf(tx, incident)
  const { decide, nextRungAt } = ladderNow(policy[incident.severity].ladder, deadline, decided, pauses, now)
  const fired = decide !== null && (await decideRung(tx, incident, decide, now))
  await tx.update(incidents).set({ nextRungAt }).where(eq(incidents.id, incident.id))
  return fired
}

const decidedRungs = (tx: Transaction, incident: Incident): Promise<Decided[]> =>
  tx
    .select({ rung: alerts.rung, state: alerts.state })
    .from(alerts)
    .where(
      and(
        eq(alerts.incidentId, incident.id),
        eq(alerts.audience, 'public'),
        eq(alerts.deadlineSeq, incident.deadlineSeq),
      ),
    )

/** Answers whether it alerted; what was decided stays, but for a rung that was held back and alerts after all. */
async function decideRung(tx: Transaction, incident: Incident, decision: Decision, now: Date): Promise<boolean> {
  const { rung, at, state } = decision
  const [alert] = await tx
    .insert(alerts)
    .values({
      id: newId(),
      incidentId: incident.id,
      audience: 'public',
      deadlineSeq: incident.deadlineSeq,
      rung: rung.name,
      dueAt: at,
      firedAt: now,
      state,
    })
    .onConflictDoUpdate({
      target: [alerts.incidentId, alerts.audience, alerts.deadlineSeq, alerts.rung],
      set: { state, firedAt: now },
      setWhere: inArray(alerts.state, [...PAUSE_KINDS]),
    })
    .returning()
  if (!alert) return false
  const alerted = state === 'alerted'
  if (alerted) await queueAlert(tx, { id: alert.id, incidentId: incident.id, severity: incident.severity }, now)
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: now,
    kind: 'auto',
    text: `Silence ladder: ${rung.name} (${rung.to.join(', ')})${alerted ? '' : `, held back: ${state}`}.`,
  })
  return alerted
}
