import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { reopenIncident } from '../../api/actions/reopen-incident.ts'
import { MINUTE, plus } from '../../api/domain/duration.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { componentById } from '../../db/queries/components.ts'
import { incidentById, timelineOf, updatesOf } from '../../db/queries/incidents.ts'
import { announcements, auditLog, componentSpans, incidents, siteChanges, updates } from '../../db/schema.ts'
import { actingAs, actorFor, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'

const { db, clock } = await testDatabase()
const acting = actingAs(db, clock)
const start = new Date('2026-11-12T14:00:00.000Z')

const open = (more = {}) => openIncident(acting, { title: 'Sign-in fails', severity: 'SEV1', ...more })
const refused = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Refusal)
  const { kind, errors } = error as Refusal
  return [kind, ...errors.map(({ field, code }) => `${field} ${code}`)]
}
const counts = async () => ({
  updates: await db.$count(updates),
  announcements: await db.$count(announcements),
  changes: await db.$count(siteChanges),
  audit: await db.$count(auditLog),
})
const dueMinutes = (incident: { nextUpdateDueAt: Date | null }) =>
  incident.nextUpdateDueAt && (incident.nextUpdateDueAt.getTime() - start.getTime()) / MINUTE

describe('declaring', () => {
  it('without words starts the first-update clock and makes nothing public', async () => {
    await clock.set(start)
    const before = await counts()
    const incident = await open()
    expect(dueMinutes(incident)).toBe(5)
    expect(incident).toMatchObject({ status: 'investigating', updateSeq: 0, deadlineSeq: 1, firstPublicUpdateAt: null })
    expect(await counts()).toEqual({ ...before, audit: before.audit + 1 })
  })

  it('with words publishes the first update, its announcement and the public change in one transaction', async () => {
    await clock.set(start)
    const before = await counts()
    const incident = await open({ body: 'Some customers cannot sign in. We are looking into it.' })
    expect(dueMinutes(incident)).toBe(15)
    expect(incident).toMatchObject({ updateSeq: 1, deadlineSeq: 2, subjectTitle: 'Sign-in fails' })
    const [update] = await updatesOf(db, incident.id)
    expect(update).toMatchObject({ seq: 1, headline: 'Some customers cannot sign in.', promiseKept: true })
    expect(await counts()).toEqual({
      updates: before.updates + 1,
      announcements: before.announcements + 1,
      changes: before.changes + 1,
      audit: before.audit + 2,
    })
  })

  it('makes whoever declares the commander, and nobody when a key without a person does', async () => {
    const person = await somePerson(db, 'responder', 'Priya Nair')
    const byPerson = await openIncident(actingAs(db, clock, actorFor(person)), { title: 'A', severity: 'SEV3' })
    expect(byPerson).toMatchObject({ commanderId: person.id })
    expect(byPerson.acknowledgedAt).not.toBeNull()
    expect(await open()).toMatchObject({ commanderId: null, acknowledgedAt: null })
  })

  it('of an internal incident announces and publishes nothing', async () => {
    const before = await counts()
    const incident = await open({ visibility: 'internal', body: 'Exports are late.' })
    expect(incident.nextUpdateDueAt).not.toBeNull()
    const after = await counts()
    expect([after.announcements, after.changes]).toEqual([before.announcements, before.changes])
    expect((await updatesOf(db, incident.id))[0]).toMatchObject({ audience: 'internal' })
  })

  it('refuses what cannot be, names the field, and leaves nothing behind', async () => {
    const before = [await counts(), await db.$count(incidents)]
    const attempts = [
      open({ kind: 'drill' }),
      open({ components: [{ id: 'nosuchcompon' }], body: 'x' }),
      open({ commander_id: 'nosuchperson' }),
      open({ status: 'identified' }),
      open({ started_at: new Date('2099-01-01T00:00:00Z') }),
    ]
    expect(await Promise.all(attempts.map(refused))).toEqual([
      ['invalid', 'kind not_yet'],
      ['invalid', 'components.0.id unknown'],
      ['invalid', 'commander_id unknown'],
      ['invalid', 'body required'],
      ['invalid', 'started_at in_the_future'],
    ])
    expect([await counts(), await db.$count(incidents)]).toEqual(before)
  })
})

describe('posting', () => {
  it('answers the open promise, gives the next and counts on', async () => {
    await clock.set(start)
    const incident = await open({ body: 'First.' })
    await clock.advance(15 * MINUTE)
    const kept = await postUpdate(acting, incident.id, { status: 'identified', body: 'Second.' })
    expect(kept).toMatchObject({ seq: 2, promiseKept: true, status: 'identified' })
    await clock.advance(15 * MINUTE + 1)
    const late = await postUpdate(acting, incident.id, { body: 'Third.' })
    expect(late).toMatchObject({ seq: 3, promiseKept: false, status: 'identified' })
    expect(await incidentById(db, incident.id)).toMatchObject({ deadlineSeq: 4, updateSeq: 3, version: 4 })
  })

  it('says “no material change” in one act, labelled, with words from the template', async () => {
    const incident = await open({ body: 'First.' })
    const update = await postUpdate(acting, incident.id, { no_change: true })
    expect(update).toMatchObject({ noChange: true, body: expect.stringContaining('No material change') })
  })

  it('refuses a longer promise than the cadence allows', async () => {
    const incident = await open({ body: 'First.' })
    expect(await refused(postUpdate(acting, incident.id, { body: 'x', next_update_in: 40 * MINUTE }))).toEqual([
      'invalid',
      'next_update_in cadence_exceeded',
    ])
  })

  it('promises beyond the cadence once the incident is old enough, with a reason that timeline and audit keep', async () => {
    await clock.set(start)
    const incident = await open({ body: 'First.' })
    const longer = { body: 'x', next_update_in: 25 * MINUTE, extension_reason: 'the vendor restores a backup' }
    await clock.advance(119 * MINUTE)
    expect(await refused(postUpdate(acting, incident.id, longer))).toEqual([
      'invalid',
      'next_update_in cadence_exceeded',
    ])
    await clock.advance(2 * MINUTE)
    const update = await postUpdate(acting, incident.id, longer)
    expect(update.nextUpdateDueAt).toEqual(plus(update.publishedAt!, 25 * MINUTE))
    const told = await timelineOf(db, incident.id)
    expect(told.map(({ text }) => text)).toContain('Promised beyond the cadence: the vendor restores a backup')
    expect(await db.select().from(auditLog).where(eq(auditLog.subjectId, update.id))).toEqual([
      expect.objectContaining({ after: expect.objectContaining({ extension_reason: longer.extension_reason }) }),
    ])
  })

  it('refuses contradictions by name', async () => {
    const incident = await open({ body: 'First.' })
    const post = (input: Parameters<typeof postUpdate>[2]) => refused(postUpdate(acting, incident.id, input))
    expect(await post({})).toEqual(['invalid', 'body required'])
    expect(await post({ body: 'x', severity: 'SEV2' })).toEqual(['invalid', 'severity_reason required'])
    expect(await post({ no_change: true, status: 'monitoring' })).toEqual(['invalid', 'no_change contradiction'])
    expect(await post({ body: 'x', extension_reason: 'why' })).toEqual(['invalid', 'extension_reason contradiction'])
    expect(await post({ body: 'x', next_update_in: MINUTE, extension_reason: 'why' })).toEqual([
      'invalid',
      'extension_reason contradiction',
    ])
    expect(await post({ body: 'x', next_update_in: MINUTE, next_update_at: new Date() })).toEqual([
      'invalid',
      'next_update_at contradiction',
    ])
    expect(await post({ body: 'x', status: 'resolved', next_update_in: MINUTE })).toEqual([
      'invalid',
      'next_update_in resolved',
    ])
  })

  it('after somebody else, on what one saw before, is refused as stale', async () => {
    const incident = await open({ body: 'First.' })
    await postUpdate(acting, incident.id, { body: 'Theirs.' }, incident.version)
    expect(await refused(postUpdate(acting, incident.id, { body: 'Mine.' }, incident.version))).toEqual(['stale'])
    expect(await updatesOf(db, incident.id)).toHaveLength(2)
  })

  it('by twenty people at once publishes each once, in order, without a gap', async () => {
    const incident = await open({ body: 'First.' })
    await Promise.all(Array.from({ length: 20 }, (_, n) => postUpdate(acting, incident.id, { body: `Update ${n}` })))
    const seqs = (await updatesOf(db, incident.id)).map((update) => update.seq)
    expect(seqs).toEqual(Array.from({ length: 21 }, (_, n) => 21 - n))
  })

  it('never edits what was published', async () => {
    const incident = await open({ body: 'First.' })
    await expect(
      db.update(updates).set({ body: 'Rewritten.' }).where(eq(updates.incidentId, incident.id)),
    ).rejects.toThrow()
  })
})

describe('components', () => {
  const shown = async (id: string) => (await componentById(db, id))!.shownStatus

  it('show the worst that open incidents hold, and are released by resolving', async () => {
    const login = await addComponent(acting, { name: 'Login' })
    const first = await open({ body: 'x', components: [{ id: login.id }] })
    const second = await open({ severity: 'SEV3', body: 'x', components: [{ id: login.id }] })
    expect(await shown(login.id)).toBe('major_outage')
    await postUpdate(acting, first.id, { status: 'resolved', body: 'Back.' })
    expect(await shown(login.id)).toBe('degraded_performance')
    const resolved = await postUpdate(acting, second.id, { status: 'resolved', body: 'Back.' })
    expect(await shown(login.id)).toBe('operational')
    expect(resolved.affected).toEqual([
      { id: login.id, name: 'Login', old_status: 'degraded_performance', new_status: 'operational' },
    ])
  })

  it('keep a gapless record of what was shown', async () => {
    const storage = await addComponent(acting, { name: 'Storage' })
    const incident = await open({ severity: 'SEV2', body: 'x', components: [{ id: storage.id }] })
    await clock.advance(MINUTE)
    await postUpdate(acting, incident.id, { status: 'resolved', body: 'Back.' })
    const spans = await db
      .select()
      .from(componentSpans)
      .where(eq(componentSpans.componentId, storage.id))
      .orderBy(componentSpans.startedAt, componentSpans.endedAt)
    expect(spans.map((span) => span.status)).toEqual(['operational', 'partial_outage', 'operational'])
    expect(spans.map((span) => span.endedAt)).toEqual([spans[1]!.startedAt, spans[2]!.startedAt, null])
  })

  it('held by an internal incident look untouched from outside', async () => {
    const billing = await addComponent(acting, { name: 'Billing' })
    await open({ visibility: 'internal', body: 'x', components: [{ id: billing.id }] })
    expect(await shown(billing.id)).toBe('operational')
  })
})

describe('severity', () => {
  it('raised tightens the promise at once and begins a new deadline', async () => {
    await clock.set(start)
    const incident = await open({ severity: 'SEV3', body: 'x' })
    expect(dueMinutes(incident)).toBe(60)
    const raised = await changeIncident(acting, incident.id, { severity: 'SEV1', severity_reason: 'Everybody now.' })
    expect(dueMinutes(raised)).toBe(15)
    expect(raised.deadlineSeq).toBe(incident.deadlineSeq + 1)
    expect((await timelineOf(db, incident.id)).map((entry) => entry.text)).toContain('SEV3 → SEV1: Everybody now.')
  })

  it('stands in the timeline in the order in which it was done, though all of it has one time', async () => {
    const lines = async () => {
      const { id } = await open({ body: 'x' })
      const [newest, rest] = [await timelineOf(db, id, { limit: 1 }), await timelineOf(db, id)]
      const older = await timelineOf(db, id, { limit: 9, before: newest[0] })
      expect([...newest, ...older]).toEqual(rest)
      return rest.map(({ text }) => text.split(' ')[0])
    }
    for (let times = 0; times < 8; times++) expect(await lines()).toEqual(['Update', 'Declared'])
  })

  it('lowered lets the promise stand', async () => {
    await clock.set(start)
    const incident = await open({ body: 'x' })
    const lowered = await changeIncident(acting, incident.id, { severity: 'SEV3', severity_reason: 'Only a few.' })
    expect([dueMinutes(lowered), lowered.deadlineSeq]).toEqual([15, incident.deadlineSeq])
  })

  it('changes with a reason only', async () => {
    const incident = await open({ body: 'x' })
    expect(await refused(changeIncident(acting, incident.id, { severity: 'SEV2' }))).toEqual([
      'invalid',
      'severity_reason required',
    ])
  })
})

describe('resolving and reopening', () => {
  it('ends the promise; reopening keeps the id and promises again', async () => {
    await clock.set(start)
    const incident = await open({ body: 'x' })
    await postUpdate(acting, incident.id, { status: 'resolved', body: 'All is back.' })
    expect(await incidentById(db, incident.id)).toMatchObject({ status: 'resolved', nextUpdateDueAt: null })
    expect(await refused(postUpdate(acting, incident.id, { body: 'x' }))).toEqual([
      'conflict',
      'status illegal_transition',
    ])
    await reopenIncident(acting, incident.id, { body: 'It fails again.' })
    const again = await incidentById(db, incident.id)
    expect(again).toMatchObject({ id: incident.id, status: 'investigating', resolvedAt: null, updateSeq: 3 })
    expect(dueMinutes(again!)).toBe(15)
    expect(await refused(reopenIncident(acting, incident.id, { body: 'x' }))).toEqual([
      'conflict',
      ' illegal_transition',
    ])
  })
})

describe('visibility', () => {
  it('goes from internal to public only, and what was said inside stays inside', async () => {
    const incident = await open({ visibility: 'internal', body: 'CANARY inside.' })
    const opened = await changeIncident(acting, incident.id, { visibility: 'public' })
    expect(opened.firstPublicUpdateAt).toBeNull()
    await postUpdate(acting, incident.id, { body: 'Some exports are late.' })
    const audiences = (await updatesOf(db, incident.id)).map((update) => update.audience)
    expect(audiences).toEqual(['public', 'internal'])
    expect(await refused(changeIncident(acting, incident.id, { visibility: 'internal' }))).toEqual([
      'conflict',
      'visibility illegal_transition',
    ])
  })
})

describe('a change of the cadence', () => {
  it('touches later promises only, and only from the version its author read', async () => {
    await clock.set(start)
    const incident = await open({ body: 'x' })
    const policy = await currentPolicy(db)
    const tighter = { ...policy, SEV1: { ...policy.SEV1, public: 'PT2S' } }
    expect((await changeCadence(acting, tighter)).version).toBe(policy.version + 1)
    expect(dueMinutes((await incidentById(db, incident.id))!)).toBe(15)
    await postUpdate(acting, incident.id, { body: 'y' })
    expect(dueMinutes((await incidentById(db, incident.id))!)).toBe(2 / 60)
    expect(await refused(changeCadence(acting, tighter))).toEqual(['stale'])
  })
})
