import { desc } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { makeKey } from '../../api/actions/make-key.ts'
import { auditLog, updates } from '../../db/schema.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
await house.clock.set(new Date('2026-11-12T14:37:18.250Z'))
const commander = await house.person('commander', { name: 'Ada' })
const { key } = await makeKey(house.acting(), { name: 'tests', role: 'commander', person_id: commander.id })
const responder = await makeKey(house.acting(), { name: 'robot', role: 'responder', person_id: commander.id })
const login = await addComponent(house.acting(), { name: 'Login' })

const ask = async (method: string, path: string, body?: unknown, by = key) => {
  const answer = await house.app.request(`http://localhost:3000/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${by}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text ? JSON.parse(text) : null }
}
const list = async () => (await ask('GET', '/message-templates?limit=200')).body.data
const wrongIn = ({ body }: { body: { errors: { field: string; code: string }[] } }) =>
  body.errors.map(({ field, code }) => `${field}: ${code}`)
const lastAct = async () => (await house.db.select().from(auditLog).orderBy(desc(auditLog.id)).limit(1))[0]!
const declare = async (more: object = {}) =>
  (await ask('POST', '/incidents', { title: 'Sign-in fails', severity: 'SEV1', ...more })).body
const counted = () => house.db.$count(updates)

describe('the store of ready words', () => {
  it('lists what is shipped, by moment, with what a person has to fill in', async () => {
    const all = await list()
    expect(all[0]).toMatchObject({ key: 'opening', moment: 'opening', origin: 'shipped', blanks: [], created_at: null })
    const over = all.find((each: { key: string }) => each.key === 'resolved')
    expect(over).toMatchObject({ status: 'resolved', blanks: expect.arrayContaining(['how we know']) })
    const openings = (await ask('GET', '/message-templates?moment=opening&severity=SEV2')).body.data
    expect(openings.map((each: { key: string }) => each.key)).toEqual(['opening_sev2'])
  })

  it('adds one of our own under a key made from its name, and audits it', async () => {
    const words = {
      name: 'Roll-back under way',
      moment: 'update',
      status: 'identified',
      body: 'We roll back {{what}}.',
    }
    const { status, body } = await ask('POST', '/message-templates', words)
    expect(status).toBe(201)
    expect(body).toMatchObject({ ...words, key: 'roll_back_under_way', origin: 'own', blanks: ['what'] })
    expect((await ask('GET', `/message-templates/${body.id}`)).body).toEqual(body)
    expect((await ask('GET', '/message-templates/roll_back_under_way')).body).toEqual(body)
    expect(await lastAct()).toMatchObject({
      action: 'message_template.added',
      subjectId: body.id,
      actorId: expect.any(String),
    })
    expect((await ask('DELETE', `/message-templates/${body.id}`)).status).toBe(204)
    expect((await ask('GET', `/message-templates/${body.id}`)).status).toBe(404)
  })

  it('changes shipped words, keeps their id, and gives them back', async () => {
    const before = (await ask('GET', '/message-templates/no_change')).body
    const changed = await ask('PATCH', '/message-templates/no_change', {
      body: 'Nothing new yet. We work on {{components}}.',
    })
    expect(changed.body).toMatchObject({ id: before.id, origin: 'changed', name: before.name })
    expect(await lastAct()).toMatchObject({ action: 'message_template.changed', before: { body: before.body } })
    const { id } = await declare({ body: 'It fails.', components: [{ id: login.id }] })
    const said = await ask('POST', `/incidents/${id}/updates`, { no_change: true })
    expect(said.body).toMatchObject({ body: 'Nothing new yet. We work on Login.', no_change: true })
    expect((await ask('DELETE', `/message-templates/${before.id}`)).status).toBe(204)
    expect((await ask('GET', '/message-templates/no_change')).body).toEqual(before)
    expect(await lastAct()).toMatchObject({ action: 'message_template.restored' })
    expect(wrongIn(await ask('DELETE', `/message-templates/${before.id}`))).toEqual([': shipped'])
  })

  it.each([
    ['a gap that nobody closed', { body: 'It {{fails' }, ['body: placeholder_malformed']],
    ['a tag', { body: '{% include "x" %}' }, ['body: placeholder_malformed']],
    ['a name that is taken', { name: 'oVER' }, ['name: taken']],
    ['a key that is taken', { key: 'resolved' }, ['key: taken']],
    ['a moment that there is not', { moment: 'lunch' }, ['moment: invalid_value']],
    ['an audience that is still to come', { audience: 'executive' }, ['audience: invalid_value']],
    ['too many words', { body: 'x'.repeat(4001) }, ['body: too_big']],
    ['a field that there is not', { colour: 'red' }, ['colour: unknown_field']],
    [
      'a blank in words that go out as they stand',
      { moment: 'no_change', body: '{{what}}' },
      ['body: blank_not_allowed'],
    ],
  ])('refuses %s and keeps nothing', async (_, wrong, errors) => {
    const before = await list()
    const refused = await ask('POST', '/message-templates', { name: 'New', moment: 'update', body: 'Words.', ...wrong })
    expect(refused.status).toBe(422)
    expect(wrongIn(refused)).toEqual(errors)
    expect(await list()).toEqual(before)
  })

  it('keeps of shipped ones what their moment falls back on', async () => {
    expect(wrongIn(await ask('PATCH', '/message-templates/no_change', { status: 'resolved' }))).toEqual([
      'status: fixed',
    ])
    expect(wrongIn(await ask('PATCH', '/message-templates/no_change', { moment: 'update' }))).toEqual([
      'moment: unknown_field',
    ])
  })

  it('is read by responders and written by commanders', async () => {
    expect((await ask('GET', '/message-templates', undefined, responder.key)).status).toBe(200)
    expect(
      (await ask('POST', '/message-templates', { name: 'N', moment: 'update', body: 'W' }, responder.key)).status,
    ).toBe(403)
  })
})

describe('speaking from ready words', () => {
  it('declares with two fields and a template: its words, with what we know of the incident', async () => {
    const opened = await declare({
      template_id: 'opening_sev1',
      components: [{ id: login.id }],
      started_at: '2026-11-12T14:20:00Z',
    })
    expect(opened.updates[0].body).toBe(
      'There has been a critical problem with Login since 14:20 UTC. We are working on it and will say more within minutes.',
    )
  })

  it('fills the blanks that the request fills, and takes over the status', async () => {
    const { id } = await declare({ body: 'It fails.', started_at: '2026-11-12T14:07:00Z' })
    const blanks = {
      'how we know': 'sign-ins are at their usual number',
      'none, or which': 'none',
      'a review by a date, or nothing more': 'a review by 17 November',
    }
    const { status, body } = await ask('POST', `/incidents/${id}/updates`, { template_id: 'resolved', blanks })
    expect(status).toBe(201)
    expect(body.status).toBe('resolved')
    expect(body.body).toContain('It lasted 30 min, from 14:07 UTC.')
    expect(body.body).toContain('confirmed for Northwind Cloud: sign-ins are at their usual number.')
  })

  it('says when we speak again as it is promised', async () => {
    const { id } = await declare({ body: 'It fails.' })
    const said = await ask('POST', `/incidents/${id}/updates`, {
      body: 'More by {{next_update_at}}.',
      next_update_in: 'PT10M',
    })
    expect(said.body.body).toBe('More by 14:47 UTC.')
    expect(said.body.next_update_due_at).toBe('2026-11-12T14:47:18.250Z')
  })

  it.each([
    ['a template with blanks', { template_id: 'identified' }, 'blank_unfilled'],
    ['words of their own with a blank', { body: 'We see {{what_users_see}}.' }, 'blank_unfilled'],
    ['a blank in the headline', { body: 'Words.', headline: '{{lead}}' }, 'blank_unfilled'],
    ['what a template engine would run', { body: '{{ 7 * 7 }}' }, 'blank_unfilled'],
    ['a template that there is not', { template_id: 'nothing' }, 'unknown'],
    ['a template for planned work', { template_id: 'maintenance_moved' }, 'wrong_moment'],
    ['blanks without a template', { body: 'Words.', blanks: { what: 'x' } }, 'contradiction'],
    ['a blank that the template has not', { template_id: 'opening', blanks: { what: 'x' } }, 'unknown'],
  ])('refuses %s; nothing is said', async (_, asked, code) => {
    const { id } = await declare({ body: 'It fails.' })
    const before = await counted()
    const refused = await ask('POST', `/incidents/${id}/updates`, asked)
    expect(refused.status).toBe(422)
    expect(refused.body.errors[0].code).toBe(code)
    expect((await ask('POST', '/incidents', { title: 'T', severity: 'SEV2', ...asked })).status).toBe(422)
    expect(await counted()).toBe(before)
  })

  it('begins no incident with its end, or with "no material change"', async () => {
    for (const template_id of ['resolved', 'no_change'])
      expect(wrongIn(await ask('POST', '/incidents', { title: 'T', severity: 'SEV2', template_id }))).toEqual([
        'template_id: wrong_moment',
      ])
  })

  it('lets no gap into corrections, reopenings and planned work either', async () => {
    const opened = await declare({ body: 'It fails.' })
    const path = `/incidents/${opened.id}`
    const correction = { body: 'It {{what}}.', reason: 'Better.' }
    expect(wrongIn(await ask('POST', `${path}/updates/${opened.updates[0].id}/corrections`, correction))).toEqual([
      'body: blank_unfilled',
    ])
    await ask('POST', `${path}/updates`, { body: 'Over.', status: 'resolved' })
    expect(wrongIn(await ask('POST', `${path}/reopening`, { body: '{{what}}' }))).toEqual(['body: blank_unfilled'])
    const admin = await makeKey(house.acting(), { name: 'admin', role: 'admin' })
    const work = { title: 'Disks', scheduled_for: '2026-12-01T02:00:00Z', scheduled_until: '2026-12-01T04:00:00Z' }
    expect(wrongIn(await ask('POST', '/maintenances', { ...work, body: '{{what}}' }, admin.key))).toEqual([
      'body: blank_unfilled',
    ])
  })
})
