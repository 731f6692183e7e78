import type { Update } from '../../db/queries/incidents.ts'
import { toldReply } from '../../db/queries/staff-replies.ts'
import { personById } from '../../db/queries/told.ts'
import { leavesAt } from '../domain/hold.ts'
import { DONE, type ReplyOutcome } from '../domain/reply.ts'
import { ANYBODY, printedTime } from '../domain/times.ts'
import type { Composed, Composing, Facts } from './composing.ts'
import { replyCode } from './reply-code.ts'
import { isTotal, wordingWarnings } from './wording-warnings.ts'

/** What an answer says; empty or null where there is nothing of the kind. */
type AnswerWords = Record<string, unknown> & { words: string; code: string | null }

/** Outcomes after which the words are still to come: their code has been used, so they get another. */
const LEAVES_MORE_TO_SAY: readonly ReplyOutcome[] = ['took', 'snoozed']

/** What a member of staff is told who wrote to us: what was published, by whom, until when; or why nothing was. */
export async function answerWords(
  composing: Composing,
  { delivery, announcement }: Facts,
): Promise<{ data: AnswerWords } | Extract<Composed, { drop: string }>> {
  const { db, urls } = composing
  const { reply, incident, update, author } = await toldReply(db, announcement.id)
  const person = await personById(db, delivery.personId!)
  if (!person.active) return { drop: 'suppressed', reason: 'no longer active' }
  const timeZone = delivery.channel === 'sms' ? ANYBODY.timeZone : person.timeZone
  const printed = (at: Date | null | undefined) =>
    at ? printedTime(at, delivery.queuedAt, { ...ANYBODY, timeZone }) : null
  return {
    data: {
      outcome: reply.outcome,
      done: DONE.includes(reply.outcome),
      severity: incident?.severity ?? null,
      title: incident?.title ?? null,
      seq: update?.seq ?? null,
      words: update?.headline ?? reply.detail ?? '',
      author: update && update.authorId !== person.id ? (author ?? 'a program') : null,
      next: printed((update ?? incident)?.nextUpdateDueAt),
      until: printed(reply.until),
      leaves: update?.releaseAt ? printed(leavesAt(update.releaseAt, incident!.nextUpdateDueAt)) : null,
      code:
        incident && LEAVES_MORE_TO_SAY.includes(reply.outcome)
          ? await replyCode(composing, delivery, person, incident)
          : null,
      // A text has no room for them; whoever wrote by mail reads the answer as mail.
      warnings:
        update && reply.outcome === 'published' && delivery.channel === 'email' ? await warningsAbout(db, update) : [],
      url: incident ? `${urls.api}/console/incidents/${incident.id}` : `${urls.api}/console`,
    },
  }
}

/** What the wording check says of words that went out as they came; once each. */
async function warningsAbout(db: Composing['db'], update: Update): Promise<string[]> {
  const warnings = await wordingWarnings(db, update, await isTotal(db, update))
  return [...new Set(warnings.map(({ message }) => message))]
}
