import { eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { tellPeopleOfBriefing } from '../../db/queries/briefing-announcements.ts'
import { type Briefing, briefingById, type Decision } from '../../db/queries/briefings.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { type Incident, incidentById } from '../../db/queries/incidents.ts'
import { peopleOfRung } from '../../db/queries/recipients.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { decisions } from '../../db/schema.ts'
import { BRIEFING_CHANNELS, DECISION_ANSWERS } from '../domain/briefing.ts'
import { expiryOfAlert } from '../domain/freshness.ts'
import { bodyText } from '../domain/names.ts'
import { Refusal, refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import { covers } from '../domain/role.ts'
import type { Acting } from './acting.ts'

export const answerDecisionInput = z.strictObject({
  answer: z.enum(DECISION_ANSWERS, { error: 'Use approved, not_yet or comment.' }),
  comment: bodyText(1000).optional(),
})
export type AnswerDecision = z.infer<typeof answerDecisionInput>

/**
 * Answers the decision that a briefing asks for: it stands on the timeline, and the commander is alerted. The one who was
 * asked answers, the incident's deputy in their place, or another executive who says so by their own name. Answered twice
 * is refused: the first answer may have been acted on.
 */
export const answerDecision = (
  acting: Acting,
  incidentId: string,
  briefingId: string,
  input: AnswerDecision,
): Promise<Briefing> =>
  acting.db.transaction(async (tx) => {
    const briefing = await briefingById(tx, briefingId)
    if (briefing?.incidentId !== incidentId) throw refuseMissing('briefing')
    const [decision] = await tx.select().from(decisions).where(eq(decisions.briefingId, briefingId)).for('update')
    if (!decision) throw refuseConflict('no_decision', 'This briefing asks for no decision.')
    const incident = (await incidentById(tx, incidentId))!
    refuseOthers(acting, decision, incident)
    if (decision.answer) throw refuseConflict('already_answered', 'This decision is answered already.')
    if (input.answer === 'comment' && !input.comment)
      throw refuseField('comment', 'required', 'Say what you want to comment.')
    await settle(tx, acting, { briefing, incident }, input)
    return briefing
  })

function refuseOthers({ actor }: Acting, { personId }: Decision, { deputyId }: Incident): void {
  const asked = actor.personId !== null && (actor.personId === personId || actor.personId === deputyId)
  if (!asked && !(actor.role && covers(actor.role, 'executive')))
    throw new Refusal('forbidden', 'This decision was asked of somebody else.')
}

const WORDS = { approved: 'approved', not_yet: 'not yet', comment: 'a comment' }

async function settle(
  tx: Transaction,
  acting: Acting,
  { briefing, incident }: { briefing: Briefing; incident: Incident },
  { answer, comment }: AnswerDecision,
): Promise<void> {
  const { actor } = acting
  const now = await acting.clock(tx)
  const { id: briefingId, seq } = briefing
  const { id: incidentId, severity } = incident
  await tx
    .update(decisions)
    .set({ answer, comment: comment ?? null, answeredBy: actor.personId, answeredAt: now, nextReminderAt: null })
    .where(eq(decisions.briefingId, briefingId))
  const text = `Decision of briefing ${seq}: ${WORDS[answer]}${comment ? `. “${comment}”` : '.'}`
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text, personId: actor.personId })
  await audit(tx, actor, {
    action: 'decision.answered',
    subject: { kind: 'briefing', id: briefingId },
    after: { incident_id: incidentId, seq, answer },
  })
  const commander = await peopleOfRung(tx, incident, ['commander'], (await currentPolicy(tx)).fallback)
  const told = { incidentId, briefingId, severity, expiresAt: expiryOfAlert(now) }
  await tellPeopleOfBriefing(
    tx,
    { kind: 'decision_answer', lane: 'staff', ...told },
    commander.map((person) => ({ ...person, channels: BRIEFING_CHANNELS })),
    now,
  )
}
