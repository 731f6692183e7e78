import { keepInbound } from '../../db/queries/inbound-messages.ts'
import { personByEmail } from '../../db/queries/staff-replies.ts'
import type { ReplyOutcome } from '../domain/reply.ts'
import type { Acting } from './acting.ts'
import { answerAlert } from './answer-alert.ts'

/** A mail of a member of staff, proven to be theirs. */
export interface InboundMail {
  from: string
  addressed: string | null
  text: string
  /** The same for the same mail, heard twice. */
  id: string
}

/** Takes the mail of a responder who answers an alert; heard twice it is taken once. Answers what came of it. */
export const recordInboundMail = (acting: Acting, mail: InboundMail): Promise<ReplyOutcome | null> =>
  acting.db.transaction(async (tx) => {
    const person = await personByEmail(tx, mail.from)
    if (!person) return null
    const message = { providerId: mail.id, channel: 'email', addressKey: person.email, body: mail.text } as const
    if (!(await keepInbound(tx, { ...message, meaning: 'answer' }))) return null
    const { text, addressed } = mail
    return (await answerAlert(tx, acting, { person, door: 'email', text, addressed }))?.outcome ?? null
  })
