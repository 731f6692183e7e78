import { eq } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { tellPeopleOfBriefing } from '../../db/queries/briefing-announcements.ts'
import { decisionsToRemindOf } from '../../db/queries/briefing-clocks.ts'
import { briefingById, type Decision } from '../../db/queries/briefings.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { incidentById } from '../../db/queries/incidents.ts'
import { namesOfPeople } from '../../db/queries/names.ts'
import { activeById, peopleOfRung } from '../../db/queries/recipients.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { decisions } from '../../db/schema.ts'
import { BRIEFING_CHANNELS, reminderAt } from '../domain/briefing.ts'
import { expiryOfAlert } from '../domain/freshness.ts'
import type { Acting } from './acting.ts'

const BATCH = 100

/**
 * One round over decisions that nobody answered by their time: the executive is reminded, and later the deputy and the
 * commander are told. Once answered there is nothing left to remind of: the answer takes the same row lock.
 */
export async function remindOfDecisions(acting: Acting): Promise<void> {
  while ((await acting.db.transaction((tx) => remindDue(tx, acting))) === BATCH);
}

async function remindDue(tx: Transaction, acting: Acting): Promise<number> {
  const due = await decisionsToRemindOf(tx, BATCH)
  for (const decision of due) await remind(tx, acting, decision)
  return due.length
}

async function remind(tx: Transaction, acting: Acting, decision: Decision): Promise<void> {
  const now = await acting.clock(tx)
  const { briefingId, reminders, dueAt } = decision
  const { incidentId, seq } = (await briefingById(tx, briefingId))!
  const incident = (await incidentById(tx, incidentId))!
  const first = reminders === 0
  const people = first
    ? await activeById(tx, [decision.personId])
    : await peopleOfRung(tx, incident, ['deputy', 'commander'], (await currentPolicy(tx)).fallback)
  const told = { incidentId, briefingId, severity: incident.severity, expiresAt: expiryOfAlert(now) }
  await tellPeopleOfBriefing(
    tx,
    { kind: 'decision_reminder', lane: first ? 'executive' : 'staff', ...told },
    people.map((person) => ({ ...person, channels: BRIEFING_CHANNELS })),
    now,
  )
  await tx
    .update(decisions)
    .set({ reminders: reminders + 1, nextReminderAt: reminderAt(dueAt, reminders + 1) })
    .where(eq(decisions.briefingId, briefingId))
  const name = (await namesOfPeople(tx, [decision.personId])).get(decision.personId)
  const text = first
    ? `Decision of briefing ${seq} unanswered: ${name} was reminded.`
    : `Decision of briefing ${seq} still unanswered by ${name}: deputy and commander were told.`
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text })
}
