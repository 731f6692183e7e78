import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { ledgerCounts, withinScope } from '../../db/queries/ledger.ts'
import { deliveries } from '../../db/schema.ts'
import { delivering } from '../support/delivering.ts'

const READERS = 10_000

test('the board counts an update by its index, however much was told of the incident', async () => {
  const world = await delivering()
  await world.db.execute(sql`
    insert into subscribers (id, channel, address, address_key, state, confirmed_at)
    select new_id(), 'email', 'r' || n || '@x.test', 'r' || n || '@x.test', 'active', sitrep_now()
    from generate_series(1, ${READERS}) as n`)
  const { id: incidentId } = await world.declare()
  await world.fanOut()
  for (const body of ['One.', 'Two.']) {
    await world.db.execute(sql`update deliveries set state = 'accepted' where state = 'queued'`)
    await world.post(incidentId, { body })
    await world.fanOut()
  }
  await world.db.execute(sql`vacuum analyze deliveries`)
  const [update] = await world.db.execute<{ id: string }>(sql`select id from updates where seq = 2`)
  const scope = { incidentId, updateId: update!.id }
  expect(await ledgerCounts(world.db, scope)).toEqual({ email: { accepted: READERS } })
  const plan = await world.db.execute<{ 'QUERY PLAN': string }>(sql`
    explain select channel, state, count(*) from ${deliveries} where ${withinScope(scope)} group by channel, state`)
  const steps = plan.map((row) => row['QUERY PLAN']).join('\n')
  expect(steps).toContain('deliveries_board')
  expect(steps).not.toContain('Seq Scan on deliveries')
})
