import { sql } from 'drizzle-orm'
import { it } from 'vitest'
import { delivering } from '../support/delivering.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
const world = await delivering()
it('speed', async () => {
  await world.db.execute(sql`insert into subscribers (id, channel, address, address_key, state, confirmed_at) select new_id(), 'email', i||'@x.test', i||'@x.test','active', now() from generate_series(1,20000) i`)
  await world.db.execute(sql`analyze`)
  await world.declare()
  for (let i = 0; i < 5; i++) { const t = performance.now(); await fanOutStep(world.db, ['email','sms']); console.log('step', performance.now() - t) }
  let t = performance.now(); await world.db.execute(sql`select new_id() from generate_series(1,5000)`); console.log('ids', performance.now() - t)
  t = performance.now(); await world.db.execute(sql`select sitrep_now() from generate_series(1,5000)`); console.log('now', performance.now() - t)
  console.log(await world.db.execute(sql`explain select 1 from deliveries same where same.update_id='x' and same.subscriber_id='y' and same.channel='email' and same.incident_id='z'`))
  await world.post((await world.db.query.incidents.findFirst())!.id, {body:'x'})
  for (let i = 0; i < 2; i++) { const t = performance.now(); await fanOutStep(world.db, ['email','sms']); console.log('step2', performance.now() - t) }
})
