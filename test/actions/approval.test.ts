import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Acting } from '../../api/actions/acting.ts'
import { addComponent } from '../../api/actions/add-component.ts'
import { approveUpdate } from '../../api/actions/approve-update.ts'
import { breakGlass } from '../../api/actions/break-glass.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { mergeIncident } from '../../api/actions/merge-incident.ts'
import { type OpenIncident, openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { previewUpdate } from '../../api/actions/preview-update.ts'
import { recallUpdate } from '../../api/actions/recall-update.ts'
import { releaseDueUpdates, releaseUpdate } from '../../api/actions/release-update.ts'
import { reopenIncident } from '../../api/actions/reopen-incident.ts'
import { retractIncident } from '../../api/actions/retract-incident.ts'
import { HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { leavesAt } from '../../api/domain/hold.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { incidentById, type Update, updatesOf } from '../../db/queries/incidents.ts'
import { announcements, approvals, componentSpans, corrections, timelineEntries, updates } from '../../db/schema.ts'
import { actingAs, actorFor, setUpNorthwind, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { setTerms } from '../support/holding.ts'

const { db, clock } = await testDatabase()
await setUpNorthwind(db)
const acting = actingAs(db, clock)
await setTerms(acting, { approval: 'PT5M' })
const [ada, bob] = [await somePerson(db, 'commander', 'Ada'), await somePerson(db, 'responder', 'Bob')]
const as = (person: typeof ada) => actingAs(db, clock, actorFor(person))

/** What waits, by what is said. */
const WAITING: Record<string, () => Promise<Update>> = {
  'first words': () => declare({ body: 'We look.' }, as(bob)).then(newest),
  'the first words of what was inside': async () => {
    const { id } = await declare({ body: 'Inside.', visibility: 'internal' })
    await changeIncident(as(bob), id, { visibility: 'public' })
    return postUpdate(as(bob), id, { body: 'Now outside.' })
  },
  'an update': async () => postUpdate(as(bob), (await spoken()).id, { body: 'A roll-back runs.' }),
  'a reopening': async () => {
    const { id } = await spoken()
    await postUpdate(unasked, id, { body: 'All is well.', status: 'resolved' })
    return reopenIncident(as(bob), id, { body: 'It is back.', severity: 'SEV2' })
  },
  'a retraction': async () =>
    retractIncident(as(bob), (await spoken()).id, { body: 'Nothing was broken.', reason: 'A probe was.' }),
}
const unasked = { ...as(ada), unasked: true }
const declare = (more: Partial<OpenIncident>, by: Acting = as(ada)) =>
  openIncident(by, { title: 'Sign-in fails', severity: 'SEV1', ...more })
const spoken = () => declare({ body: 'We look.' }, unasked)
const newest = async ({ id }: { id: string }) => (await updatesOf(db, id))[0]!
const standing = async ({ id }: Update) => {
  const [update] = await db.select().from(updates).where(eq(updates.id, id))
  const [approval] = await db.select().from(approvals).where(eq(approvals.updateId, id))
  return { update: update!, approval: approval! }
}

describe.each(Object.entries(WAITING))('%s', (_, say) => {
  it('is said to nobody outside before another person approves it', async () => {
    const held = await say()
    const before = (await incidentById(db, held.incidentId))!
    expect(held).toMatchObject({ state: 'held', publishedAt: null })
    await expect(releaseUpdate(as(ada), held.incidentId, held.id)).rejects.toThrow('A second person approves')
    await expect(approveUpdate(as(bob), held.incidentId, held.id)).rejects.toThrow('You wrote this update')
    expect(
      await db.$count(announcements, and(eq(announcements.updateId, held.id), eq(announcements.kind, 'update'))),
    ).toBe(0)
    const more = [
      () => postUpdate(as(ada), held.incidentId, { body: 'More.' }),
      () => retractIncident(as(ada), held.incidentId, { body: 'None.', reason: 'None.' }),
      () => reopenIncident(as(ada), held.incidentId, { body: 'Back.' }),
    ]
    for (const say of more) await expect(say()).rejects.toThrow(/is held|is open/)
    expect(await incidentById(db, held.incidentId)).toEqual(before)
    const approved = await approveUpdate(as(ada), held.incidentId, held.id)
    expect(approved).toMatchObject({ state: 'published', authorId: bob.id, body: held.body, status: held.status })
    expect(
      await db.$count(announcements, and(eq(announcements.updateId, held.id), eq(announcements.kind, 'update'))),
    ).toBe(1)
  })

  it('goes out by itself at the timer, or before the promise, whichever comes first', async () => {
    const held = await say()
    const { nextUpdateDueAt } = (await incidentById(db, held.incidentId))!
    const leaves = leavesAt(held.releaseAt!, nextUpdateDueAt)
    expect(leaves.getTime() - held.createdAt.getTime()).toBeLessThanOrEqual(5 * MINUTE)
    await clock.set(plus(leaves, -1))
    await releaseDueUpdates(acting)
    expect((await standing(held)).update.state).toBe('held')
    await clock.set(leaves)
    await releaseDueUpdates(acting)
    const { update, approval } = await standing(held)
    expect([update.state, approval.outcome]).toEqual(['published', 'lapsed'])
    expect(update.promiseKept ?? true).toBe(true)
  })

  it('is never said where it is recalled, and can be said anew', async () => {
    const held = await say()
    const before = (await incidentById(db, held.incidentId))!
    await recallUpdate(as(ada), held.incidentId, held.id)
    await clock.advance(10 * MINUTE)
    await releaseDueUpdates(acting)
    expect((await standing(held)).update.state).toBe('recalled')
    expect(await incidentById(db, held.incidentId)).toMatchObject({
      status: before.status,
      severity: before.severity,
      updateSeq: before.updateSeq,
      retracted: false,
      firstPublicUpdateAt: before.firstPublicUpdateAt,
    })
  })

  it('is published once, by one decision, however many decide at the same moment as the timer', async () => {
    for (let round = 0; round < 3; round += 1) await raced(await say())
  })
})

async function raced({ incidentId: id, id: uid, seq }: Update) {
  await clock.advance(5 * MINUTE)
  await Promise.allSettled([
    ...Array.from({ length: 12 }, () => releaseDueUpdates(acting)),
    ...Array.from({ length: 4 }, () => approveUpdate(as(ada), id, uid)),
    breakGlass(as(bob), id, uid, { reason: 'It cannot wait.' }),
    recallUpdate(as(bob), id, uid),
  ])
  await releaseDueUpdates(acting)
  const { update, approval } = await standing({ id: uid } as Update)
  const told = await db.$count(announcements, eq(announcements.updateId, uid))
  const decided = new RegExp(`^(Update ${seq} (approved|recalled)|Glass broken|Nobody approved)`)
  const lines = (await db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))).filter(({ text }) =>
    decided.test(text),
  )
  expect(lines).toHaveLength(1)
  expect(update.state === 'published').toBe(approval.outcome !== null)
  // One tells those who may approve it; the other, where it went out, everybody.
  expect(told).toBe(update.state === 'published' ? 2 : 1)
}

it('a first word and a reopening wait no longer than the cadence lets a first word take', async () => {
  await setTerms(acting, { approval: 'PT30M' })
  const first = await WAITING['first words']!()
  const { nextUpdateDueAt } = (await incidentById(db, first.incidentId))!
  expect([first.releaseAt, nextUpdateDueAt]).toEqual([
    plus(first.createdAt, 5 * MINUTE),
    plus(first.createdAt, 5 * MINUTE),
  ])
  const back = await WAITING['a reopening']!()
  expect(back.releaseAt).toEqual(plus(back.createdAt, 5 * MINUTE))
  await clock.advance(5 * MINUTE)
  await releaseDueUpdates(acting)
  for (const { id } of [first, back]) expect((await standing({ id } as Update)).update.state).toBe('published')
  await setTerms(acting, { approval: 'PT5M' })
})

it('lowering the severity beforehand, without words, lets nobody speak alone', async () => {
  const policy = await currentPolicy(db)
  await changeCadence(acting, { ...policy, SEV3: { ...policy.SEV3, approval: null } })
  const { id } = await spoken()
  await changeIncident(as(bob), id, { severity: 'SEV3', severity_reason: 'Milder.' })
  const held = await postUpdate(as(bob), id, { body: 'It is mild.' })
  expect(held.state).toBe('held')
  await approveUpdate(as(ada), id, held.id)
  expect((await postUpdate(as(bob), id, { body: 'It stays mild.' })).state).toBe('published')
  await setTerms(acting, { approval: 'PT5M' })
})

it('a correction never waits: what stands there is wrong until it is mended', async () => {
  const { id } = await spoken()
  const [update] = await updatesOf(db, id)
  await correctUpdate(as(bob), id, update!.id, { body: 'We look closely.', reason: 'A word was missing.' })
  expect(await db.$count(corrections, eq(corrections.incidentId, id))).toBe(1)
  expect(
    await db.$count(announcements, and(eq(announcements.incidentId, id), eq(announcements.kind, 'correction'))),
  ).toBe(1)
  await WAITING['an update']!()
})

it('what is only written down, or ends as part of another, waits for nobody', async () => {
  const now = await clock(db)
  const past = { backfill: true, body: 'It failed.', started_at: plus(now, -HOUR), resolved_at: plus(now, -MINUTE) }
  expect(await newest(await declare(past, as(bob)))).toMatchObject({ state: 'published' })
  const [one, other] = [await spoken(), await spoken()]
  await mergeIncident(as(bob), one.id, { into: other.id })
  expect(await newest(one)).toMatchObject({ state: 'published', mergedInto: other.id })
})

it('a retraction is one when it goes out, whatever happens to the incident meanwhile', async () => {
  const held = await WAITING['a retraction']!()
  await changeIncident(as(ada), held.incidentId, { severity: 'SEV2', severity_reason: 'Milder.' })
  await approveUpdate(as(ada), held.incidentId, held.id)
  expect(await incidentById(db, held.incidentId)).toMatchObject({
    status: 'resolved',
    severity: 'SEV2',
    retracted: true,
    nextUpdateDueAt: null,
  })
  expect((await standing(held)).update).toMatchObject({ retractionReason: 'A probe was.', promiseKept: null })
  const lines = await db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, held.incidentId))
  expect(lines.map(({ text }) => text)).toContain('Retracted: A probe was.')
})

it('what an incident holds is told with its first words, though they had to wait', async () => {
  const { id: login } = await addComponent(as(ada), { name: 'Login' })
  const held = await declare({ body: 'We look.', components: [{ id: login }] }, as(bob)).then(newest)
  const spans = await db.select().from(componentSpans).where(eq(componentSpans.componentId, login))
  expect(spans.map(({ status }) => status)).toEqual(['operational'])
  const { affected } = await approveUpdate(as(ada), held.incidentId, held.id)
  expect(affected).toEqual([{ id: login, name: 'Login', old_status: 'operational', new_status: 'major_outage' }])
})

it('a preview shows the update as it reads once it is approved', async () => {
  const { id } = await spoken()
  const seen = await previewUpdate(as(bob), id, { body: 'A roll-back runs.' }, null, async (_, update) => update)
  expect(seen).toMatchObject({ state: 'published', nextUpdateDueAt: expect.any(Date) })
})

it('tells nobody where nobody else may approve, and says so', async () => {
  await db.update(updates).set({ state: 'recalled' }).where(eq(updates.state, 'held'))
  await db.execute('update people set active = false')
  const cleo = await somePerson(db, 'admin', 'Cleo')
  const { id } = await openIncident(as(cleo), { title: 'Exports fail', severity: 'SEV1', body: 'They fail.' })
  const lines = await db.select().from(timelineEntries).where(eq(timelineEntries.incidentId, id))
  expect(lines.map(({ text }) => text)).toContain(
    "Update 1 waits for a second person's approval. There is nobody to give it.",
  )
})
