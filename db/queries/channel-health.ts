import { sql } from 'drizzle-orm'
import type { Queryable } from '../client.ts'

/** Whether a channel gets through at present, and since when it has not. */
export interface ChannelHealth {
  state: 'ok' | 'failing'
  since: Date | null
}

/**
 * How mail and SMS fare, seen by every process alike because the ledger says it: a channel fails when it is paused for
 * trouble of its own, or when attempts of the last hour did not succeed and none after them did. Failures that concern
 * one recipient alone (a mailbox that does not exist) say nothing about the channel.
 */
export async function channelHealth(
  reader: Pick<Queryable, 'execute'>,
): Promise<Record<'email' | 'sms', ChannelHealth>> {
  const rows = (await reader.execute(sql`
    select channel, least(
      (select failing_since from channel_states where channel_states.channel = each.channel),
      (select min(tried.sending_at) from deliveries as tried
        where tried.channel = each.channel
          and tried.sending_at > sitrep_now() - interval '1 hour'
          and tried.code is not null
          and tried.accepted_at is null
          and tried.state in ('queued', 'claimed', 'sending', 'failed_for_now', 'unknown', 'expired')
          and tried.sending_at > coalesce((select max(accepted_at) from deliveries as taken
                                           where taken.channel = each.channel), '-infinity'))
    ) as since
    from (values ('email'), ('sms')) as each (channel)
  `)) as unknown as { channel: 'email' | 'sms'; since: string | Date | null }[]
  const health = (channel: 'email' | 'sms'): ChannelHealth => {
    const since = rows.find((row) => row.channel === channel)?.since ?? null
    return since === null ? { state: 'ok', since: null } : { state: 'failing', since: new Date(since) }
  }
  return { email: health('email'), sms: health('sms') }
}
