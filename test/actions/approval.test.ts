import { eq } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { approveUpdate } from '../../api/actions/approve-update.ts'
import { breakGlass } from '../../api/actions/break-glass.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { recallUpdate } from '../../api/actions/recall-update.ts'
import { releaseDueUpdates } from '../../api/actions/release-update.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { announcements, approvals, timelineEntries, updates } from '../../db/schema.ts'
import { actingAs, actorFor, setUpNorthwind, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { setTerms } from '../support/holding.ts'

const { db, clock } = await testDatabase()
await setUpNorthwind(db)
const acting = actingAs(db, clock)
await setTerms(acting, { approval: 'PT5M' })
const [ada, bob] = [await somePerson(db, 'commander', 'Ada'), await somePerson(db, 'responder', 'Bob')]
const as = (person: typeof ada) => actingAs(db, clock, actorFor(person))

async function waiting() {
  const { id } = await openIncident(as(ada), { title: 'Sign-in fails', severity: 'SEV1', body: 'We look.' })
  const update = await postUpdate(as(bob), id, { body: 'A roll-back runs.' })
  return { id, uid: update.id }
}

it('however many decide at the same moment as the timer, one of them does, and it is published once', async () => {
  for (let round = 0; round < 8; round += 1) {
    const { id, uid } = await waiting()
    await clock.advance(5 * MINUTE)
    await Promise.allSettled([
      ...Array.from({ length: 12 }, () => releaseDueUpdates(acting)),
      ...Array.from({ length: 4 }, () => approveUpdate(as(ada), id, uid)),
      breakGlass(as(bob), id, uid, { reason: 'It cannot wait.' }),
      recallUpdate(as(bob), id, uid),
    ])
    await releaseDueUpdates(acting)
    const [update] = await db.select().from(updates).where(eq(updates.id, uid))
    const [approval] = await db.select().from(approvals).where(eq(approvals.updateId, uid))
    const told = await db.$count(announcements, eq(announcements.updateId, uid))
    const lines = (await db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))).filter(
      ({ text }) => /^(Update 2 (approved|recalled)|Glass broken|Nobody approved)/.test(text),
    )
    expect(lines).toHaveLength(1)
    expect(update!.state === 'published').toBe(approval!.outcome !== null)
    // One tells those who may approve it; the other, where it went out, everybody.
    expect(told).toBe(update!.state === 'published' ? 2 : 1)
  }
})

it('tells nobody where nobody else may approve, and says so', async () => {
  await db.update(updates).set({ state: 'recalled' }).where(eq(updates.state, 'held'))
  await db.execute('update people set active = false')
  const cleo = await somePerson(db, 'admin', 'Cleo')
  const { id } = await openIncident(as(cleo), { title: 'Exports fail', severity: 'SEV1', body: 'They fail.' })
  await postUpdate(as(cleo), id, { body: 'Alone.' })
  const lines = await db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(lines.map(({ text }) => text)).toContain(
    "Update 2 waits for a second person's approval. There is nobody to give it.",
  )
})
