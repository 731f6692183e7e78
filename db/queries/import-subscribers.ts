import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import type { Transaction } from '../client.ts'
import { subscribers } from '../schema.ts'
import type { Subscriber } from './subscribers.ts'

/**
 * Rows by the thousand go over as one text each: thousands of parameters cost more to build than the rows to write.
 */
const asJson = (value: unknown): SQL => sql`${JSON.stringify(value)}::jsonb`

/** The subscribers of these addresses, locked, so that what they choose meanwhile is not lost. */
export const subscribersAmong = (
  tx: Transaction,
  addresses: readonly { channel: Channel; key: string }[],
): Promise<Subscriber[]> =>
  tx
    .select()
    .from(subscribers)
    .where(
      sql`${subscribers.list} = 'public' and (${subscribers.channel}, ${subscribers.addressKey}) in
          (select channel, key from jsonb_to_recordset(${asJson(addresses)}) as listed (channel text, key text))`,
    )
    .for('update')

type Row = typeof subscribers.$inferInsert
const COLUMNS = getTableColumns(subscribers)
const KEPT = ['id', 'channel', 'addressKey', 'createdAt']

/** Writes them all; somebody who has signed up a moment ago is written over like everybody else. All name the same columns. */
export async function writeSubscribers(tx: Transaction, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  const names = Object.keys(rows[0]!) as (keyof Row)[]
  const named = rows.map((row) => Object.fromEntries(names.map((name) => [COLUMNS[name].name, row[name]])))
  const columns = listed(names.map((name) => sql.identifier(COLUMNS[name].name)))
  const changed = names.filter((name) => !KEPT.includes(name)).map((name) => sql.identifier(COLUMNS[name].name))
  await tx.execute(sql`
    insert into subscribers (${columns})
    select ${columns} from jsonb_populate_recordset(null::subscribers, ${asJson(named)})
    on conflict (channel, address_key, list) do update
    set ${listed(changed.map((name) => sql`${name} = excluded.${name}`))}`)
}

const listed = (parts: SQL[] | ReturnType<typeof sql.identifier>[]): SQL => sql.join([...parts], sql`, `)
