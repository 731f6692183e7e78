import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import type { Secrets } from '../../api/domain/signature.ts'
import type { SuppressionSource } from '../../api/domain/suppression.ts'
import type { Transaction } from '../client.ts'
import { people } from '../schema.ts'
import type { AuditedActor } from './audit.ts'
import type { Reader } from './cadence.ts'
import { keepReply } from './staff-replies.ts'
import { suppressAddress } from './suppressions.ts'
import type { Person } from './told.ts'
import { wake } from './wake.ts'

/** SQL: the phone of this row of `people` has told the carrier STOP, so that no text of ours reaches it. */
export const textsEnded: SQL<boolean> = sql<boolean>`exists (
  select from suppressions
  where suppressions.channel = 'sms' and suppressions.address_key = ${people.phone}
    and suppressions.reason = 'opted_out' and suppressions.lifted_at is null)`

/** Whether this person's phone gets no texts of ours. */
export async function hasEndedTexts(reader: Reader, personId: string): Promise<boolean> {
  const rows = await reader
    .select({ id: people.id })
    .from(people)
    .where(and(eq(people.id, personId), textsEnded))
  return rows.length > 0
}

/** The names of staff whose alerts come by mail alone, because their phone said STOP. */
export async function namesWithoutTexts(reader: Reader): Promise<string[]> {
  const rows = await reader
    .select({ name: people.name })
    .from(people)
    .where(and(people.active, textsEnded))
    .orderBy(asc(people.name))
    .limit(20)
  return rows.map(({ name }) => name)
}

/** How we know: on whose word, by which code, and, where a carrier refused it, about which announcement. */
export interface EndedBy {
  actor: AuditedActor
  source: SuppressionSource
  code: string | null
  deliveryId: string | null
  announcementId: string | null
}

/**
 * The phone of a member of staff said STOP, most likely by mistake: texts to it end, since the carrier stops them anyway;
 * what waited for it goes by mail instead, and so does how to undo it. Said twice it is done once.
 */
export async function endTexts(
  tx: Transaction,
  secrets: Secrets,
  person: Person,
  { actor, source, code, deliveryId, announcementId }: EndedBy,
  now: Date,
): Promise<void> {
  await turnToMail(tx, person, announcementId)
  const given = { channel: 'sms', addressKey: person.phone!, reason: 'opted_out', source, code, deliveryId } as const
  if ((await suppressAddress(tx, secrets, actor, given)) === null) return
  const about = { personId: person.id, door: 'sms', now } as const
  await keepReply(tx, about, { outcome: 'opted_out' }, { channel: 'email', address: person.email })
}

/** With the message that a carrier has just refused, if there is one; whoever has it by mail already gets no second. */
async function turnToMail(tx: Transaction, { id, email }: Person, refused: string | null): Promise<void> {
  await tx.execute(sql`
    with stopped as (
      update deliveries set state = 'suppressed', next_attempt_at = null, reason = 'opted_out'
      where person_id = ${id} and channel = 'sms' and state in ('queued', 'failed_for_now')
      returning announcement_id
    )
    insert into deliveries (id, announcement_id, incident_id, person_id, audience, lane, priority, channel, address, expires_at)
    select new_id(), told.id, told.incident_id, ${id}, told.audience, 'staff', told.priority, 'email', ${email}, told.expires_at
    from announcements as told
    where (told.id in (select announcement_id from stopped) or told.id = ${refused}) and told.expires_at > sitrep_now()
    on conflict do nothing`)
  await wake(tx, 'deliver')
}
