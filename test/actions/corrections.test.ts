import { and, desc, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type CorrectUpdate, correctUpdate } from '../../api/actions/correct-update.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { correctionsOf } from '../../db/queries/corrections.ts'
import { incidentById, timelineOf, updatesOf } from '../../db/queries/incidents.ts'
import { announcements, auditLog, corrections, siteChanges, updates } from '../../db/schema.ts'
import { actingAs, actorFor, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { HELD } from '../support/holding.ts'

const { db, clock } = await testDatabase()
await clock.set(new Date('2026-11-12T14:00:00.000Z'))
const ada = await somePerson(db, 'responder', 'Ada')
const acting = actingAs(db, clock, actorFor(ada))

async function said(more: { visibility?: 'public' | 'internal'; body?: string } = {}) {
  const incident = await openIncident(acting, {
    title: 'Sign-in fails',
    severity: 'SEV1',
    body: 'All is back. We keep watching.',
    ...more,
  })
  await clock.advance(5 * MINUTE)
  const [update] = await updatesOf(db, incident.id)
  return { incident: (await incidentById(db, incident.id))!, update: update! }
}

const mend = { body: 'The US still fails.', reason: 'Lena saw it and told us.' }
const correct = (incidentId: string, updateId: string, input: Partial<CorrectUpdate> = {}, version?: number) =>
  correctUpdate(acting, incidentId, updateId, { ...mend, ...input }, version)
const of = async (incidentId: string) => [...(await correctionsOf(db, [incidentId])).values()].flat()
const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Refusal)
  const { kind, errors } = error as Refusal
  return [kind, ...errors.map(({ field, code }) => `${field} ${code}`)]
}

describe('correcting', () => {
  it('keeps what was published, word for word, and what stood there until now', async () => {
    const { incident, update } = await said()
    expect(await correct(incident.id, update.id)).toEqual(update)
    expect((await updatesOf(db, incident.id))[0]).toEqual(update)
    expect(await of(incident.id)).toMatchObject([
      {
        updateId: update.id,
        body: mend.body,
        previousBody: 'All is back. We keep watching.',
        reason: mend.reason,
        notify: true,
        authorId: ada.id,
      },
    ])
  })

  it('moves neither clock nor promise, and is no update', async () => {
    const { incident, update } = await said()
    await correct(incident.id, update.id)
    const { version, updatedAt, ...after } = (await incidentById(db, incident.id))!
    const { version: was, updatedAt: before, ...rest } = incident
    expect(after).toEqual(rest)
    expect(version).toBe(was + 1)
    expect(updatedAt.getTime()).toBe(before.getTime() + 5 * MINUTE)
    expect(await db.$count(updates, eq(updates.incidentId, incident.id))).toBe(1)
  })

  it('stands on the timeline, in the audit, in the public record and among what is to be told', async () => {
    const { incident, update } = await said()
    const changes = await db.$count(siteChanges)
    await correct(incident.id, update.id)
    const [correction] = await of(incident.id)
    expect((await timelineOf(db, incident.id))[0]).toMatchObject({
      kind: 'auto',
      text: 'Update 1 corrected: Lena saw it and told us.',
      personId: ada.id,
    })
    const [line] = await db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1)
    expect(line).toMatchObject({
      action: 'update.corrected',
      subjectId: update.id,
      before: { body: update.body },
      after: { correction_id: correction!.id, body: mend.body, reason: mend.reason },
    })
    expect(await db.$count(siteChanges)).toBe(changes + 1)
    const told = and(eq(announcements.kind, 'correction'), eq(announcements.incidentId, incident.id))
    expect(await db.select().from(announcements).where(told)).toMatchObject([
      { updateId: update.id, correctionId: correction!.id, audience: 'public', severity: 'SEV1', fannedOutAt: null },
    ])
  })

  it('twice corrects what the first correction said, each later than the one before', async () => {
    const { incident, update } = await said()
    await correct(incident.id, update.id)
    await correct(incident.id, update.id, { body: 'Parts of the US still fail.' })
    const [newest, first] = await of(incident.id)
    expect(newest).toMatchObject({ body: 'Parts of the US still fail.', previousBody: mend.body })
    expect(newest!.createdAt.getTime()).toBeGreaterThan(first!.createdAt.getTime())
  })

  it('of a resolved incident works and leaves it resolved', async () => {
    const { incident, update } = await said()
    await postUpdate(acting, incident.id, { body: 'Over.', status: 'resolved' })
    await correct(incident.id, update.id)
    expect(await incidentById(db, incident.id)).toMatchObject({ status: 'resolved', nextUpdateDueAt: null })
  })

  it('of words written inside changes nothing outside and tells nobody', async () => {
    const { incident, update } = await said({ visibility: 'internal' })
    const changes = await db.$count(siteChanges)
    await correct(incident.id, update.id)
    expect(await of(incident.id)).toHaveLength(1)
    expect(await db.$count(siteChanges)).toBe(changes)
    expect(await db.$count(announcements, eq(announcements.incidentId, incident.id))).toBe(0)
  })

  it('tells nobody when asked not to, and is public all the same', async () => {
    const { incident, update } = await said()
    const changes = await db.$count(siteChanges)
    await correct(incident.id, update.id, { notify: false })
    expect(await db.$count(siteChanges)).toBe(changes + 1)
    const told = and(eq(announcements.kind, 'correction'), eq(announcements.incidentId, incident.id))
    expect(await db.$count(announcements, told)).toBe(0)
  })
})

describe('a correction is refused', () => {
  it('when it changes nothing, be it against the update or the last correction', async () => {
    const { incident, update } = await said()
    expect(await refused(correct(incident.id, update.id, { body: update.body }))).toEqual(['invalid', 'body unchanged'])
    await correct(incident.id, update.id)
    expect(await refused(correct(incident.id, update.id))).toEqual(['invalid', 'body unchanged'])
    await correct(incident.id, update.id, { body: update.body })
    expect(await of(incident.id)).toHaveLength(2)
  })

  it('of what is not there, or is another incident’s', async () => {
    const { incident, update } = await said()
    const other = await said()
    expect(await refused(correct('aaaaaaaaaaaa', update.id))).toEqual(['not_found'])
    expect(await refused(correct(incident.id, 'aaaaaaaaaaaa'))).toEqual(['not_found'])
    expect(await refused(correct(incident.id, other.update.id))).toEqual(['not_found'])
    expect(await of(incident.id)).toEqual([])
  })

  it('of an update that nobody has seen yet', async () => {
    const { incident, update } = await said()
    const held = { ...update, ...HELD, id: 'h3ld00000000', seq: 2 }
    await db.insert(updates).values(held)
    expect(await refused(correct(incident.id, held.id))).toEqual(['conflict', ' not_published'])
  })

  it('when somebody changed the incident meanwhile', async () => {
    const { incident, update } = await said()
    expect(await refused(correct(incident.id, update.id, {}, incident.version + 1))).toEqual(['stale'])
    await correct(incident.id, update.id, {}, incident.version)
  })
})

it('a correction is never edited or removed; the database itself refuses', async () => {
  const { incident, update } = await said()
  await correct(incident.id, update.id)
  const [correction] = await of(incident.id)
  const own = eq(corrections.id, correction!.id)
  const why = async (statement: PromiseLike<unknown>) =>
    Promise.resolve(statement).then(
      () => 'done',
      (error: Error) => String(error.cause ?? error),
    )
  expect(await why(db.update(corrections).set({ body: 'Never said.' }).where(own))).toContain('append-only')
  expect(await why(db.delete(corrections).where(own))).toContain('append-only')
  expect(await why(db.update(updates).set({ body: 'Never said.' }).where(eq(updates.id, update.id)))).toContain(
    'publish a correction',
  )
  expect((await of(incident.id))[0]).toEqual(correction)
})
