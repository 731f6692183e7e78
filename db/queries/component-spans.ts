import { sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'

/**
 * Keeps the record of what each component is shown as: where the shown status differs from the open span, that span
 * ends at `at` and a new one begins. Run it after every change that can move a shown status. It locks the components in
 * the order of their ids, so that two incidents changing the same one see each other's hold; not their keys, which rows
 * that refer to them have locked already. Answers whether any moved.
 */
export async function trackShownStatus(tx: Transaction, componentIds: readonly string[], at: Date): Promise<boolean> {
  if (componentIds.length === 0) return false
  const ids = sql.join(
    [...componentIds].sort().map((id) => sql`${id}`),
    sql`, `,
  )
  await tx.execute(sql`select id from components where id in (${ids}) order by id for no key update`)
  const moved = (await tx.execute(sql`
    select shown.id, shown.status from component_states as shown
    left join component_spans as span on span.component_id = shown.id and span.ended_at is null
    where shown.id in (${ids}) and span.status is distinct from shown.status
  `)) as unknown as { id: string; status: string }[]
  const when = at.toISOString()
  for (const { id, status } of moved) {
    await tx.execute(sql`
      update component_spans set ended_at = greatest(${when}::timestamptz, started_at)
      where component_id = ${id} and ended_at is null`)
    await tx.execute(sql`
      insert into component_spans (id, component_id, status, started_at)
      values (${newId()}, ${id}, ${status}, ${when}::timestamptz)`)
  }
  return moved.length > 0
}
