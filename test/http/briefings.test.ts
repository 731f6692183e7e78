import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import type { Role } from '../../api/domain/role.ts'
import { briefings, updates } from '../../db/schema.ts'
import { BRIEFING } from '../support/briefings.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const START = new Date('2026-11-12T14:00:00.000Z')
const people = {
  admin: await house.person('admin', { name: 'Bea' }),
  commander: await house.person('commander', { name: 'Priya', phone: '+4915112340001' }),
  responder: await house.person('responder'),
  viewer: await house.person('viewer'),
  executive: await house.person('executive', { name: 'Ana', phone: '+4915112340002' }),
}
const keys = Object.fromEntries(
  await Promise.all(
    Object.entries(people).map(async ([role, person]) => {
      const made = await makeKey(house.acting(), { name: role, role: role as Role, person_id: person.id })
      return [role, made.key] as const
    }),
  ),
)
const ana = people.executive

async function ask(role: string, method: string, path: string, body?: unknown) {
  const answer = await house.app.request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${keys[role]}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: await answer.json() }
}

let id: string
let path: string
beforeEach(async () => {
  await house.clock.set(START)
  const words = { title: 'Sign-in fails', severity: 'SEV1' as const, body: 'Some cannot sign in.' }
  ;({ id } = await openIncident(house.acting(), { ...words, commander_id: people.commander.id }))
  path = `/incidents/${id}/briefings`
  await ask('admin', 'PUT', '/briefing-rules', [{ to: [ana.id] }])
})
const decision = (given = {}) => ({
  question: 'Do we write to all?',
  by_person_id: ana.id,
  by: '2026-11-12T14:30:00Z',
  advice: 'Only the affected.',
  ...given,
})

describe('POST /incidents/{id}/briefings', () => {
  it('answers what was said, what the public knew, how long it is and how many it goes to', async () => {
    const { status, body } = await ask('commander', 'POST', path, { ...BRIEFING, decision_needed: decision() })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      ...BRIEFING,
      incident_id: id,
      seq: 1,
      published_at: START.toISOString(),
      next_briefing_due_at: '2026-11-12T14:30:00.000Z',
      told_public: [{ headline: 'Some cannot sign in.' }],
      word_count: 49,
      recipients: 1,
      sent_to: [{ person_id: ana.id, channels: ['email', 'sms'] }],
      reads: [],
      decision_needed: { ...decision({ by: '2026-11-12T14:30:00.000Z' }), answer: null },
    })
    expect((await ask('executive', 'GET', path)).body).toEqual({ data: [body], next_cursor: null })
  })

  it.each([
    ['headline', ''],
    ['situation', '   '],
    ['customer_impact', null],
    ['customers_affected', ''],
    ['business_impact', undefined],
    ['support_load', '\n'],
    ['actions', []],
    ['eta', null],
    ['confidence', ''],
  ])('refuses a blank %s by name, and posts nothing', async (field, value) => {
    const { status, body } = await ask('commander', 'POST', path, { ...BRIEFING, [field]: value })
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([{ field, code: 'blank_use_unknown' }])
    expect((await ask('executive', 'GET', path)).body.data).toEqual([])
  })

  it('names every blank at once, those of actions and decisions too', async () => {
    const input = {
      ...BRIEFING,
      headline: '',
      actions: [{ what: 'Roll back', owner: '' }],
      decision_needed: decision({ advice: ' ' }),
    }
    const { body } = await ask('commander', 'POST', path, input)
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([
      'headline',
      'actions.0.owner',
      'decision_needed.advice',
    ])
  })

  it('takes "unknown" in every field', async () => {
    const unknown = Object.fromEntries(Object.keys(BRIEFING).map((field) => [field, 'unknown']))
    const { status, body } = await ask('commander', 'POST', path, unknown)
    expect(status).toBe(201)
    expect(body).toMatchObject(unknown)
  })

  it.each([
    ['150 words', { situation: 'word '.repeat(140) }, 'situation', 'too_many_words'],
    ['a next briefing beyond the cadence', { next_briefing_in: 'PT31M' }, 'next_briefing_in', 'cadence_exceeded'],
    [
      'a decision by a time that has passed',
      { decision_needed: decision({ by: START.toISOString() }) },
      'decision_needed.by',
      'in_the_past',
    ],
    [
      'a decision of nobody',
      { decision_needed: decision({ by_person_id: 'aaaaaaaaaaaa' }) },
      'decision_needed.by_person_id',
      'unknown',
    ],
    ['a field that there is not', { mood: 'good' }, 'mood', 'unknown_field'],
  ])('refuses %s', async (_, given, field, code) => {
    const { status, body } = await ask('commander', 'POST', path, { ...BRIEFING, ...given })
    expect(status).toBe(422)
    expect(body.errors[0]).toMatchObject({ field, code })
  })

  it.each(['viewer', 'responder', 'executive'])('is closed to a %s', async (role) => {
    expect((await ask(role, 'POST', path, BRIEFING)).status).toBe(403)
  })

  it.each([
    ['viewer', 403],
    ['responder', 403],
    ['commander', 200],
    ['admin', 200],
    ['executive', 200],
  ])('lets a %s read or not (%s)', async (role, status) => {
    expect((await ask(role, 'GET', path)).status).toBe(status)
  })

  it('goes to nobody where no rule matches, and says so', async () => {
    await ask('admin', 'PUT', '/briefing-rules', [{ to: [ana.id], severities: ['SEV4'] }])
    expect((await ask('commander', 'POST', path, BRIEFING)).body).toMatchObject({ recipients: 0, sent_to: [] })
  })

  it('reaches by mail whom the rules name by a channel that they do not have', async () => {
    await ask('admin', 'PUT', '/briefing-rules', [{ to: [people.admin.id], channels: ['webhook'] }])
    const { body } = await ask('commander', 'POST', path, BRIEFING)
    expect(body.sent_to).toEqual([{ person_id: people.admin.id, channels: ['email'] }])
  })

  it('tells the end of a resolved incident once, and no more after that', async () => {
    await postUpdate(house.acting(), id, { status: 'resolved', body: 'It works.' })
    const last = await ask('commander', 'POST', path, { ...BRIEFING, next_briefing_in: 'PT10M' })
    expect(last.body.errors).toMatchObject([{ field: 'next_briefing_in', code: 'resolved' }])
    expect((await ask('commander', 'POST', path, BRIEFING)).body.next_briefing_due_at).toBeNull()
    const after = await ask('commander', 'POST', path, BRIEFING)
    expect([after.status, after.body.errors[0].code]).toEqual([409, 'already_resolved'])
  })
})

describe('one submit', () => {
  const both = (briefing: object, role = 'commander') =>
    ask(role, 'POST', `/incidents/${id}/updates`, { body: 'We found it.', status: 'identified', briefing })
  const said = async () => (await house.db.select().from(updates).where(eq(updates.incidentId, id))).length

  it('may carry both, and each names the other', async () => {
    const { status, body } = await both(BRIEFING)
    expect(status).toBe(201)
    const [briefing] = (await ask('executive', 'GET', path)).body.data
    expect(body.briefing_id).toBe(briefing.id)
    expect(briefing).toMatchObject({ update_id: body.id, status: 'identified' })
    expect(briefing.told_public.at(-1)).toMatchObject({ update_id: body.id, headline: 'We found it.' })
    const { updates: listed } = (await ask('viewer', 'GET', `/incidents/${id}`)).body
    expect(listed[0].briefing_id).toBe(briefing.id)
  })

  it('with a blank briefing posts neither', async () => {
    const { status, body } = await both({ ...BRIEFING, headline: '' })
    expect([status, body.errors[0].code]).toEqual([422, 'blank_use_unknown'])
    expect(await said()).toBe(1)
  })

  it('publishes the update though its briefing cannot be posted, and says why', async () => {
    const { status, body } = await both({ ...BRIEFING, next_briefing_in: 'PT3H' })
    expect([status, body.state, body.briefing_id]).toEqual([201, 'published', null])
    expect(body.briefing_errors).toMatchObject([{ field: 'next_briefing_in', code: 'cadence_exceeded' }])
    expect(await house.db.select().from(briefings).where(eq(briefings.incidentId, id))).toEqual([])
  })

  it('of a responder may not carry a briefing', async () => {
    expect((await both(BRIEFING, 'responder')).status).toBe(403)
    expect(await said()).toBe(1)
  })
})

describe('POST /incidents/{id}/briefings/preview', () => {
  const preview = (body: object, role = 'commander') => ask(role, 'POST', `${path}/preview`, body)

  it('says who would get it, how long it is and what it promises, and posts nothing', async () => {
    const { status, body } = await preview({ ...BRIEFING, decision_needed: decision() })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      word_count: 49,
      next_briefing_due_at: '2026-11-12T14:30:00.000Z',
      recipients: 1,
      sent_to: [{ person_id: ana.id, name: 'Ana', channels: ['email', 'sms'] }],
      email: { to: ana.id, subject: `Briefing 1, SEV1: ${BRIEFING.headline}` },
      sms: { to: ana.id, encoding: 'GSM-7', segments: 2 },
      webhook: null,
    })
    expect((await ask('executive', 'GET', path)).body.data).toEqual([])
    const timeline = (await ask('viewer', 'GET', `/incidents/${id}/timeline`)).body.data
    expect(timeline.filter(({ text }: { text: string }) => text.includes('Briefing'))).toEqual([])
    expect((await ask('commander', 'POST', path, BRIEFING)).body.seq).toBe(1)
  })

  it('hands out no link that works', async () => {
    const { body } = await preview(BRIEFING)
    for (const text of [body.email.text, body.email.html, body.sms.text]) {
      expect(text).toContain('/b/…')
      expect(text).not.toMatch(/\/b\/\w/)
    }
  })

  it('says that no rule matches, before anything is sent', async () => {
    await ask('admin', 'PUT', '/briefing-rules', [{ to: [ana.id], severities: ['SEV4'] }])
    const { status, body } = await preview(BRIEFING)
    expect(status).toBe(200)
    expect(body).toMatchObject({ recipients: 0, sent_to: [], email: null, sms: null, webhook: null, word_count: 49 })
  })

  it.each([
    ['a blank field', { headline: '' }],
    ['too many words', { situation: 'word '.repeat(140) }],
    ['a next briefing beyond the cadence', { next_briefing_in: 'PT31M' }],
    ['a field that there is not', { mood: 'good' }],
  ])('is refused as the post would be: %s', async (_, given) => {
    const refused = await preview({ ...BRIEFING, ...given })
    const posted = await ask('commander', 'POST', path, { ...BRIEFING, ...given })
    expect(refused.status).toBe(422)
    expect(refused).toEqual(posted)
  })

  it('is closed to whoever may not brief', async () => {
    for (const role of ['viewer', 'responder', 'executive']) expect((await preview(BRIEFING, role)).status).toBe(403)
  })
})

describe('a decision', () => {
  const asked = async () => (await ask('commander', 'POST', path, { ...BRIEFING, decision_needed: decision() })).body.id
  const answer = (role: string, bid: string, body: object) => ask(role, 'POST', `${path}/${bid}/decision`, body)

  it('stands on the timeline once it is answered, and is answered once', async () => {
    const bid = await asked()
    await house.clock.advance(60_000)
    const { status, body } = await answer('executive', bid, { answer: 'not_yet', comment: 'Ask legal first.' })
    expect(status).toBe(201)
    expect(body.decision_needed).toMatchObject({ answer: 'not_yet', comment: 'Ask legal first.', answered_by: ana.id })
    const again = await answer('executive', bid, { answer: 'approved' })
    expect([again.status, again.body.errors[0].code]).toEqual([409, 'already_answered'])
    const timeline = (await ask('viewer', 'GET', `/incidents/${id}/timeline`)).body.data
    expect(timeline[0]).toMatchObject({ text: 'Decision of briefing 1: not yet. “Ask legal first.”', by: ana.id })
  })

  it.each([
    ['a comment without words', { answer: 'comment' }, 422],
    ['an answer that there is not', { answer: 'maybe' }, 422],
  ])('refuses %s', async (_, body, status) => {
    expect((await answer('executive', await asked(), body)).status).toBe(status)
  })

  it('is not answered by who asked for it, nor by a viewer, nor of a briefing that asks for none', async () => {
    const bid = await asked()
    expect((await answer('commander', bid, { answer: 'approved' })).status).toBe(403)
    expect((await answer('viewer', bid, { answer: 'approved' })).status).toBe(403)
    const plain = (await ask('commander', 'POST', path, BRIEFING)).body.id
    expect((await answer('executive', plain, { answer: 'approved' })).status).toBe(409)
    expect((await answer('executive', 'aaaaaaaaaaaa', { answer: 'approved' })).status).toBe(404)
  })
})

it('a receipt is given once, by whoever may read it', async () => {
  const { body } = await ask('commander', 'POST', path, BRIEFING)
  const read = (role: string) => ask(role, 'POST', `${path}/${body.id}/receipts`)
  expect((await read('executive')).body.reads).toEqual([{ person_id: ana.id, read_at: START.toISOString() }])
  await house.clock.advance(60_000)
  expect((await read('executive')).body.reads).toHaveLength(1)
  expect((await read('viewer')).status).toBe(403)
})

describe('the rules', () => {
  it('are taken and answered whole', async () => {
    const { id: component } = await addComponent(house.acting(), { name: 'Login' })
    const rules = [
      { to: [ana.id], severities: ['SEV1'], components: [component], business_unit: 'Payments', channels: ['sms'] },
      {
        to: [people.admin.id],
        severities: [],
        components: [],
        business_unit: null,
        channels: ['email', 'sms', 'webhook'],
      },
    ]
    expect(await ask('admin', 'PUT', '/briefing-rules', rules)).toEqual({ status: 200, body: rules })
    expect((await ask('viewer', 'GET', '/briefing-rules')).body).toEqual(rules)
  })

  it.each([
    ['nobody', [{ to: [] }]],
    ['somebody who is not there', [{ to: ['aaaaaaaaaaaa'] }]],
    ['a component that is not there', [{ to: [ana.id], components: ['aaaaaaaaaaaa'] }]],
    ['a channel that there is not', [{ to: [ana.id], channels: ['pigeon'] }]],
    ['no list', { to: [ana.id] }],
  ])('that name %s are refused, and change nothing', async (_, rules) => {
    expect((await ask('admin', 'PUT', '/briefing-rules', rules)).status).toBe(422)
    expect((await ask('viewer', 'GET', '/briefing-rules')).body).toMatchObject([{ to: [ana.id] }])
  })

  it('are changed by admins alone', async () => {
    for (const role of ['commander', 'executive', 'viewer'])
      expect((await ask(role, 'PUT', '/briefing-rules', [])).status).toBe(403)
  })
})
