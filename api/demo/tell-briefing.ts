import type { Acting } from '../actions/acting.ts'
import { answerDecision } from '../actions/answer-decision.ts'
import { postBriefing } from '../actions/post-briefing.ts'
import { readBriefing } from '../actions/read-briefing.ts'
import { UNKNOWN } from '../domain/briefing.ts'
import { MINUTE, plus } from '../domain/duration.ts'
import type { Scene } from './scene.ts'
import type { ToldBriefing } from './story.ts'

/** A briefing of an incident that began then: posted, read, and its decision answered. */
export function scenesOfBriefing(told: ToldBriefing, began: Date, incidentId: () => string): Scene[] {
  const at = (after: number) => plus(began, after * MINUTE)
  let briefingId = ''
  const posting: Scene = {
    at: at(told.after),
    async play(acting, _, people) {
      const { said, over_after: over, decision } = told
      const decision_needed = decision && {
        question: decision.question,
        by_person_id: people.get(decision.by)!.id!,
        by: at(decision.due_after),
        advice: decision.advice,
      }
      const eta = over === undefined ? UNKNOWN : at(over)
      briefingId = (await postBriefing(acting, incidentId(), { ...said, eta, decision_needed })).id
    },
  }
  const reading = told.read.map(
    ({ by, after }): Scene => ({
      at: at(after),
      async play(acting, _, people) {
        const reader: Acting = { ...acting, actor: people.get(by)! }
        await readBriefing(reader, { incidentId: incidentId(), briefingId }, 'button')
      },
    }),
  )
  return [posting, ...reading, ...answering(told, at, () => [incidentId(), briefingId])]
}

function answering({ decision }: ToldBriefing, at: (after: number) => Date, which: () => [string, string]): Scene[] {
  if (!decision) return []
  const { after, ...answer } = decision.answered
  const play: Scene['play'] = async (acting, _, people) =>
    void (await answerDecision({ ...acting, actor: people.get(decision.by)! }, ...which(), answer))
  return [{ at: at(after), play }]
}
