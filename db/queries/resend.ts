import { type SQL, sql } from 'drizzle-orm'
import { nothingResent, RESENT_STATES, type Resending, SKIPPED } from '../../api/domain/resend.ts'
import type { Transaction } from '../client.ts'
import { deliveries } from '../schema.ts'
import { listens, suppressed } from './audience.ts'
import type { Reader } from './cadence.ts'
import { now } from './deliveries.ts'
import { type LedgerScope, withinScope } from './ledger.ts'
import { overtaken } from './order.ts'

const words = (states: readonly string[]): SQL =>
  sql.join(
    states.map((state) => sql`${state}`),
    sql`, `,
  )

/** SQL: nobody is there any more who would read it, or their address takes nothing. Asked again when it is sent. */
const unreachable: SQL = sql`not exists (
  select 1 from subscribers where subscribers.id = ${deliveries.subscriberId} and ${listens} and not ${suppressed})`

/** SQL, asked once: whether anything has been said since that could have overtaken a row; most often nothing has. */
const saidSince = (scope: LedgerScope): SQL =>
  'announcementId' in scope || !scope.updateId
    ? sql`true`
    : sql`(select exists (
             select 1 from updates as newer join updates as own on own.id = ${scope.updateId}
             where newer.incident_id = own.incident_id and newer.seq > own.seq and newer.state = 'published')
           or exists (select 1 from corrections where corrections.update_id = ${scope.updateId}))`

/** SQL: what becomes of each row that did not arrive, by the table in `api/domain/resend.ts`; the first that fits. */
const judged = (scope: LedgerScope): SQL => sql`
  select ${deliveries.id} as id,
    case when ${deliveries.state} in (${words(SKIPPED)}) then ${deliveries.state}
         when ${deliveries.expiresAt} <= ${now} then 'expired'
         when ${deliveries.channel} = 'sms' and ${deliveries.unknowns} > 0 then 'unknown'
         when ${unreachable} then 'suppressed'
         when ${saidSince(scope)} and ${overtaken} then 'superseded'
         else 'retried' end as fate
  from ${deliveries}
  where ${withinScope(scope)} and ${deliveries.state} in (${words([...SKIPPED, ...RESENT_STATES])})`

type Row = { fate: keyof Resending['skipped'] | 'retried'; count: number }

function resendingIn(rows: Iterable<Row>): Resending {
  const counted = nothingResent()
  for (const { fate, count } of rows)
    if (fate === 'retried') counted.retried = count
    else counted.skipped[fate] = count
  return counted
}

/** What sending again what failed would do. */
export const wouldResend = async (reader: Reader, scope: LedgerScope): Promise<Resending> =>
  resendingIn(
    await reader.execute<Row>(sql`select fate, count(*)::int as count from (${judged(scope)}) as judged group by fate`),
  )

/**
 * Puts what failed back into the queue. It joins anew, so that it says what has been corrected meanwhile; the id, and with
 * it the Message-ID, stays, and so does the number of attempts. Take the turn of the incident or maintenance before: then
 * nobody writes newer words meanwhile, and of two who press at once the second finds nothing left.
 */
export const resend = async (tx: Transaction, scope: LedgerScope): Promise<Resending> =>
  resendingIn(
    await tx.execute<Row>(sql`
      with judged as materialized (${judged(scope)}), again as (
        update deliveries
        set state = 'queued', queued_at = ${now}, next_attempt_at = ${now}, ask_at = null,
            provider_id = null, accepted_at = null, delivered_at = null, bounced_at = null
        from judged
        where deliveries.id = judged.id and judged.fate = 'retried'
          and deliveries.state in (${words(RESENT_STATES)})
        returning deliveries.id
      )
      select 'retried' as fate, count(*)::int as count from again
      union all
      select fate, count(*)::int from judged where fate <> 'retried' group by fate`),
  )
