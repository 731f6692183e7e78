import { and, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueAlert } from '../../db/queries/announcements.ts'
import { policyOfVersion } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { pausesOf } from '../../db/queries/pauses.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { alerts, incidents } from '../../db/schema.ts'
import type { CadencePolicy, RungRecipient } from '../domain/cadence.ts'
import { DAILY, isDaily, isRemindedDaily, nextReminder, reminderDue } from '../domain/daily.ts'
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
  const { decide, nextRungAt } = await nowDue(tx, incident, now)
  const fired = decide !== null && (await decideRung(tx, incident, decide, now))
  await tx.update(incidents).set({ nextRungAt }).where(eq(incidents.id, incident.id))
  return fired
}

/** A rung to decide, with its name and whom it reaches, and when to look again. */
interface Due {
  decide: { name: string; to: readonly RungRecipient[]; at: Date; state: Decision['state'] } | null
  nextRungAt: Date | null
}

async function nowDue(tx: Transaction, incident: Incident, now: Date): Promise<Due> {
  const policy = await policyOfVersion(tx, incident.cadenceVersion)
  const { nextUpdateDueAt: dueAt, lastSpokeAt } = incident
  if (dueAt === null) return reminderNow(policy, incident, now)
  const { ladder } = policy[incident.severity]
  const decided = await decidedRungs(tx, incident)
  const { decide, nextRungAt } = ladderNow(ladder, { lastSpokeAt, dueAt }, decided, await pausesOf(tx, incident), now)
  if (decide === null) return { decide, nextRungAt }
  const { rung, at, state } = decide
  return { decide: { name: rung.name, to: rung.to, at, state }, nextRungAt }
}

/** Where nothing is promised: the reminder of the day, for what is reminded of daily (standards C1). */
function reminderNow(policy: CadencePolicy, incident: Incident, now: Date): Due {
  if (!isRemindedDaily(incident)) return { decide: null, nextRungAt: null }
  const reminder = reminderDue(policy, incident.lastSpokeAt, now)
  return {
    decide: reminder && { name: reminder.rung, to: DAILY.to, at: reminder.at, state: 'alerted' },
    nextRungAt: nextReminder(policy, now).at,
  }
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
async function decideRung(
  tx: Transaction,
  incident: Incident,
  { name, to, at, state }: NonNullable<Due['decide']>,
  now: Date,
): Promise<boolean> {
  const [alert] = await tx
    .insert(alerts)
    .values({
      id: newId(),
      incidentId: incident.id,
      audience: 'public',
      deadlineSeq: incident.deadlineSeq,
      rung: name,
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
  const what = isDaily(name) ? 'Daily reminder' : `Silence ladder: ${name}`
  await addToTimeline(tx, {
    incidentId: incident.id,
    at: now,
    kind: 'auto',
    text: `${what} (${to.join(', ')})${alerted ? '' : `, held back: ${state}`}.`,
  })
  return alerted
}
