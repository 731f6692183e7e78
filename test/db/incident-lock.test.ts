import { expect, it } from 'vitest'
import { lockIncident, timelineOf } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { delivering } from '../support/delivering.ts'

it('two incidents are locked by one while another writes about both in another order, and both come to an end', async () => {
  const { db, clock, declare } = await delivering()
  const [one, other] = [(await declare()).id, (await declare()).id]
  const at = await clock.now()
  await db.transaction(async (tx) => {
    await lockIncident(tx, one)
    await db.transaction(async (watch) => {
      for (const incidentId of [other, one]) await addToTimeline(watch, { incidentId, at, kind: 'auto', text: 'Seen.' })
    })
    await lockIncident(tx, other)
  })
  for (const id of [one, other]) expect((await timelineOf(db, id)).map(({ text }) => text)).toContain('Seen.')
})
