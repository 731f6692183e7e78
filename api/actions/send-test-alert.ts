import { queueTest } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import { personById } from '../../db/queries/people.ts'
import type { Channel } from '../domain/attempt.ts'
import { refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/** Sends a person a test alert on each channel they have an address for; its link proves the address to be theirs. */
export const sendTestAlert = (acting: Acting, personId: string): Promise<Channel[]> =>
  acting.db.transaction(async (tx) => {
    const person = await personById(tx, personId)
    if (!person?.active) throw refuseMissing('active person')
    const channels = await queueTest(tx, person, ['email', 'sms', 'webhook'], await acting.clock(tx))
    await audit(tx, acting.actor, {
      action: 'person.tested',
      subject: { kind: 'person', id: personId },
      after: { channels },
    })
    return channels
  })
