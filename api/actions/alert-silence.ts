import { and, eq, inArray, isNotNull, lte, notInArray, sql } from 'drizzle-orm'
import { allOrEach, throwFailed } from '../../db/all-or-each.ts'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueAlerts } from '../../db/queries/announcements.ts'
import { textArray } from '../../db/queries/audience.ts'
import { policiesOfVersions } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { pausesOfAll } from '../../db/queries/pauses.ts'
import { addToTimelines } from '../../db/queries/timeline.ts'
import { alerts, incidents } from '../../db/schema.ts'
import type { CadencePolicy, RungRecipient } from '../domain/cadence.ts'
import { DAILY, isDaily, isRemindedDaily, nextReminder, reminderDue } from '../domain/daily.ts'
import { type Decided, type Decision, ladderNow } from '../domain/ladder.ts'
import { PAUSE_KINDS, type Pause } from '../domain/pause.ts'
import type { Acting } from './acting.ts'

/** How many incidents one transaction takes; more are taken by the next, or by another process at the same time. */
const BATCH = 100

/**
 * One round of the silence ladder: the incidents whose next rung is due are locked, the rung of each decided once (unique
 * by incident, deadline and rung) and the alerts written, all in one transaction (standards R12). A post that holds the lock
 * first resets the clock, and there is nothing left to alert. Answers how many rungs alerted somebody; what failed is thrown
 * once the others are done.
 */
export async function alertSilence(acting: Acting): Promise<number> {
  const failed = new Map<string, unknown>()
  let fired = 0
  let all = 0
  let taken = BATCH
  while (taken === BATCH) {
    const round = await acting.db.transaction(async (tx) => {
      const due = await lockDue(tx, [...failed.keys()])
      return { taken: due.length, fired: await allOrEach(tx, due, (each, some) => climb(each, acting, some), failed) }
    })
    taken = round.taken
    all += round.taken
    fired += round.fired
  }
  throwFailed(failed, all)
  return fired
}

/** Incidents, locked, whose next rung is due; those that somebody else has in hand, and these, are left out. */
const lockDue = (tx: Transaction, except: string[]): Promise<Incident[]> =>
  tx
    .select()
    .from(incidents)
    .where(
      and(
        isNotNull(incidents.nextRungAt),
        lte(incidents.nextRungAt, sql`(select sitrep_now())`),
        notInArray(incidents.id, except),
      ),
    )
    .orderBy(incidents.nextRungAt)
    .limit(BATCH)
    .for('update', { skipLocked: true })

/** Decides what is due of each of these and moves its clock on; answers how many alerted. */
async function climb(tx: Transaction, acting: Acting, due: readonly Incident[]): Promise<number> {
  const now = await acting.clock(tx)
  const facts = await factsOf(tx, due)
  const steps = due.map((incident) => ({ incident, ...nowDue(facts, incident, now) }))
  const decided = steps.flatMap(({ incident, decide }) => (decide ? [{ incident, ...decide }] : []))
  const alerted = decided.length === 0 ? 0 : await decideRungs(tx, decided, now)
  await moveRungs(tx, steps)
  return alerted
}

/** What the rules are told of these incidents, read for all of them at once. */
interface Facts {
  policy: (version: number) => CadencePolicy
  decided: ReadonlyMap<string, Decided[]>
  pauses: ReadonlyMap<string, Pause[]>
}

async function factsOf(tx: Transaction, due: readonly Incident[]): Promise<Facts> {
  const ids = due.map(({ id }) => id)
  return {
    policy: await policiesOfVersions(
      tx,
      due.map(({ cadenceVersion }) => cadenceVersion),
    ),
    decided: await decidedRungs(tx, ids),
    pauses: await pausesOfAll(tx, ids),
  }
}

/** A rung to decide, with its name and whom it reaches, and when to look again. */
interface Due {
  decide: { name: string; to: readonly RungRecipient[]; at: Date; state: Decision['state'] } | null
  nextRungAt: Date | null
}

function nowDue(facts: Facts, incident: Incident, now: Date): Due {
  const policy = facts.policy(incident.cadenceVersion)
  const { id, nextUpdateDueAt: dueAt, lastSpokeAt } = incident
  if (dueAt === null) return reminderNow(policy, incident, now)
  const { ladder } = policy[incident.severity]
  const [decided, pauses] = [facts.decided.get(id) ?? [], facts.pauses.get(id) ?? []]
  const { decide, nextRungAt } = ladderNow(ladder, { lastSpokeAt, dueAt }, decided, pauses, now)
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

/** What was decided of the present deadline of each of these. */
async function decidedRungs(tx: Transaction, incidentIds: string[]): Promise<Map<string, Decided[]>> {
  const rows = await tx
    .select({ incidentId: alerts.incidentId, rung: alerts.rung, state: alerts.state })
    .from(alerts)
    .innerJoin(incidents, and(eq(incidents.id, alerts.incidentId), eq(incidents.deadlineSeq, alerts.deadlineSeq)))
    .where(and(inArray(incidents.id, incidentIds), eq(alerts.audience, 'public')))
  return Map.groupBy(rows, ({ incidentId }) => incidentId)
}

type Decide = NonNullable<Due['decide']> & { incident: Incident }

/** Answers how many alerted; what was decided stays, but for a rung that was held back and alerts after all. */
async function decideRungs(tx: Transaction, decided: readonly Decide[], now: Date): Promise<number> {
  const written = await tx
    .insert(alerts)
    .values(
      decided.map(({ incident, name, at, state }) => ({
        id: newId(),
        incidentId: incident.id,
        audience: 'public' as const,
        deadlineSeq: incident.deadlineSeq,
        rung: name,
        dueAt: at,
        firedAt: now,
        state,
      })),
    )
    .onConflictDoUpdate({
      target: [alerts.incidentId, alerts.audience, alerts.deadlineSeq, alerts.rung],
      set: { state: sql`excluded.state`, firedAt: now },
      setWhere: inArray(alerts.state, [...PAUSE_KINDS]),
    })
    .returning()
  const ids = new Map(written.map((alert) => [alert.incidentId, alert.id]))
  const fresh = decided.filter(({ incident }) => ids.has(incident.id))
  const alerted = fresh
    .filter(({ state }) => state === 'alerted')
    .map(({ incident: { id, severity } }) => ({ id: ids.get(id)!, incidentId: id, severity }))
  await queueAlerts(tx, alerted, now)
  await addToTimelines(
    tx,
    fresh.map((each) => ({ incidentId: each.incident.id, at: now, kind: 'auto', text: wordsOf(each) })),
  )
  return alerted.length
}

function wordsOf({ name, to, state }: Decide): string {
  const what = isDaily(name) ? 'Daily reminder' : `Silence ladder: ${name}`
  return `${what} (${to.join(', ')})${state === 'alerted' ? '' : `, held back: ${state}`}.`
}

/** When each is looked at again. */
async function moveRungs(tx: Transaction, steps: readonly { incident: Incident; nextRungAt: Date | null }[]) {
  const moved = steps.map(({ incident: { id }, nextRungAt }) => ({ id, next_rung_at: nextRungAt }))
  await tx.execute(sql`
    update incidents set next_rung_at = moved.next_rung_at
    from json_to_recordset(${JSON.stringify(moved)}::json) as moved(id text, next_rung_at timestamptz)
    where incidents.id = any(${textArray(moved.map(({ id }) => id))}) and incidents.id = moved.id`)
}
