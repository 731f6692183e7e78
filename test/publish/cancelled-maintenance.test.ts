import { expect, it } from 'vitest'
import { cancelMaintenance, cancelMaintenanceInput } from '../../api/actions/cancel-maintenance.ts'
import { HOUR, plus } from '../../api/domain/duration.ts'
import { calendar } from '../../api/publish/feeds/calendar.ts'
import { readSnapshot } from '../../db/queries/snapshot.ts'
import { BEGIN, maintaining } from '../support/maintaining.ts'
import { ADDRESS } from '../support/snapshots.ts'

it('the calendar tells that work is off, however much other work is planned', async () => {
  const { db, acting, plan } = await maintaining()
  const off = await plan({ title: 'It will not be' })
  await cancelMaintenance(acting, off.id, cancelMaintenanceInput.parse({ body: 'The disks did not come.' }))
  for (let n = 1; n <= 55; n += 1)
    await plan({
      scheduled_for: plus(BEGIN, n * 24 * HOUR).toISOString(),
      scheduled_until: plus(BEGIN, (n * 24 + 1) * HOUR).toISOString(),
    })
  const events = calendar(await readSnapshot(db), ADDRESS)
    .split('BEGIN:VEVENT')
    .slice(1)
  expect(events).toHaveLength(50)
  const told = events.filter((event) => event.includes('STATUS:CANCELLED'))
  expect(told.map((event) => /UID:(\w+)@/.exec(event)![1])).toEqual([off.id])
})
