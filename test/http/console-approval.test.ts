import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { approvals, updates } from '../../db/schema.ts'
import { fieldsOf, wordsOf } from '../support/forms.ts'
import { setTerms } from '../support/holding.ts'
import { actingAs, testWorld } from '../support/world.ts'

const house = await testWorld()
const ada = await house.person('responder', { name: 'Ada' })
const bob = await house.person('responder', { name: 'Bob' })
const eve = await house.person('viewer', { name: 'Eve' })
const root = await house.person('admin', { name: 'Root' })
const [author, second, reader, admin] = await Promise.all([ada, bob, eve, root].map(house.signIn))
await setTerms(house.acting(), { approval: 'PT5M', hold: 'PT0S' })

let room: string
let posting: string
let update: string
beforeEach(async () => {
  await house.clock.set(new Date('2026-11-12T14:00:00.000Z'))
  const { id } = await openIncident(
    { ...actingAs(house, ada), unasked: true },
    {
      title: 'Sign-in fails',
      severity: 'SEV2',
      body: 'We look.',
    },
  )
  room = `/console/incidents/${id}`
  posting = `${room}/updates`
  const answer = await author!.post(posting, { ...fieldsOf(await page(author!), posting), body: 'A roll-back runs.' })
  expect(answer.headers.get('location')).toBe(`${room}?notice=awaits_approval`)
  const [held] = await house.db.select().from(updates).where(eq(updates.state, 'held'))
  update = `${posting}/${held!.id}`
})
const page = async (by: typeof author, path = room) => (await by!.get(path)).text()
const standing = async () => {
  const [row] = await house.db
    .select()
    .from(updates)
    .where(eq(updates.id, update.slice(-12)))
  const [approval] = await house.db
    .select()
    .from(approvals)
    .where(eq(approvals.updateId, update.slice(-12)))
  return [row!.state, approval!.outcome]
}

test('the author sees that somebody else approves it and when it goes out by itself, and may recall it', async () => {
  const html = await page(author, `${room}?notice=awaits_approval`)
  const words = wordsOf(html)
  expect(words).toContain('Waiting for a second person’s approval. Nothing has left yet')
  expect(words).toMatch(/Waits for approval\. Goes out by itself in 05:00 at 14:05:00 UTC/)
  expect(words).toContain('You wrote it: somebody else approves it.')
  expect(html).not.toContain(`${update}/approve`)
  expect(html).not.toContain(`${update}/release`)
  const refused = await author!.post(`${update}/approve`)
  expect(refused.status).toBe(409)
  expect(wordsOf(await refused.text())).toContain('You wrote this update: another person approves it')
  expect(await standing()).toEqual(['held', null])
  await author!.post(`${update}/recall`, fieldsOf(html, `${update}/recall`))
  expect(await standing()).toEqual(['recalled', null])
})

test('another person approves it with one press', async () => {
  const html = await page(second)
  expect(html.indexOf(`${update}/approve`)).toBeLessThan(html.indexOf(`${update}/recall`))
  const answer = await second!.post(`${update}/approve`, fieldsOf(html, `${update}/approve`))
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  expect(await standing()).toEqual(['published', 'approved'])
  const words = wordsOf(await page(second))
  expect(words).toContain('Update 2 approved.')
  expect(words).not.toContain('Waits for approval')
})

test('the glass is broken with a reason, and a missing one is asked for beside its field', async () => {
  const refused = await author!.post(`${update}/break-glass`, { reason: ' ' })
  expect(refused.status).toBe(422)
  const html = await refused.text()
  expect(wordsOf(html)).toContain('Nothing was sent.')
  expect(html).toContain('aria-invalid="true"')
  expect(await standing()).toEqual(['held', null])
  const answer = await author!.post(`${update}/break-glass`, { reason: 'Bob sleeps.' })
  expect(answer.headers.get('location')).toBe(`${room}?notice=posted`)
  expect(await standing()).toEqual(['published', 'glass_broken'])
  expect(wordsOf(await page(author))).toContain('Bob sleeps.')
})

test('whatever is said in the room or as it is declared waits, and its author is told so', async () => {
  const waits = async (answer: Response) => {
    const at = answer.headers.get('location')!
    expect(at).toMatch(/^\/console\/incidents\/\w{12}\?notice=awaits_approval$/)
    const html = await page(author, at)
    expect(wordsOf(html)).toMatch(/Waits for approval\. Goes out by itself in 0[45]:\d\d/)
    return { html, at: at.split('?')[0]! }
  }
  const { at: declared } = await waits(
    await author!.post('/console/declare', {
      ...fieldsOf(await page(author, '/console/declare'), '/console/declare'),
      title: 'Exports fail',
      severity: 'SEV2',
      body: 'Exports fail for all.',
    }),
  )
  const [first] = await house.db
    .select()
    .from(updates)
    .where(eq(updates.incidentId, declared.slice(-12)))
  await second!.post(`${declared}/updates/${first!.id}/approve`)
  const retracting = fieldsOf(await page(author, declared), `${declared}/retraction`)
  const retraction = { ...retracting, body: 'None was.', reason: 'A probe failed.' }
  const { html } = await waits(await author!.post(`${declared}/retraction`, retraction))
  expect(wordsOf(html)).toContain('False alarm.')
  const recall = html.match(/action="([^"]+\/recall)"/)![1]!
  await author!.post(recall)
  expect(fieldsOf(await page(author, declared), `${declared}/updates`)).toMatchObject({
    body: 'None was.',
    status: 'investigating',
  })
  await postUpdate({ ...actingAs(house, ada), unasked: true }, declared.slice(-12), {
    status: 'resolved',
    body: 'Over.',
  })
  const reopening = fieldsOf(await page(author, declared), `${declared}/reopening`)
  const reopened = await waits(await author!.post(`${declared}/reopening`, { ...reopening, body: 'It is back.' }))
  expect(reopened.html).not.toContain(`${declared}/reopening"`)
})

test('a viewer sees that it waits and can do nothing about it', async () => {
  const html = await page(reader)
  expect(wordsOf(html)).toContain('Waits for approval')
  for (const verb of ['approve', 'recall', 'break-glass']) {
    expect(html).not.toContain(`${update}/${verb}`)
    expect((await reader!.post(`${update}/${verb}`, { reason: 'x' })).status).toBe(403)
  }
})

test('the editor of the cadence takes the term in minutes and tells it in words', async () => {
  const html = await page(admin, '/console/cadence')
  const words = wordsOf(html)
  expect(words).toContain(
    'What is said waits for a second person’s approval for at most 5 min, and never beyond the promise',
  )
  const fields = fieldsOf(html, '/console/cadence')
  expect(fields['SEV1.approval']).toBe('5')
  const none = { ...fields, 'SEV1.approval': '', 'SEV2.approval': '', 'SEV3.approval': '', 'SEV4.approval': '' }
  const preview = await admin!.post('/console/cadence/preview', none)
  expect(wordsOf(await preview.text())).not.toContain('What is said waits for')
  const wrong = await admin!.post('/console/cadence', { ...fields, 'SEV1.approval': '9999' })
  expect(wrong.status).toBe(422)
  expect(wordsOf(await wrong.text())).toContain('Use a number of minutes')
})

describe('before anything is posted', () => {
  let fresh: string
  beforeEach(async () => {
    const said = { title: 'Exports fail', severity: 'SEV2' as const, body: 'We look.', commander_id: bob.id }
    fresh = `/console/incidents/${(await openIncident({ ...actingAs(house, ada), unasked: true }, said)).id}`
  })
  const roomOf = async (by = author) => wordsOf(await page(by, fresh))
  const ASKS =
    'Waits for a second person: Bob is asked. Unanswered, it goes out by itself 5 min after you post it (posted now: 14:05:00 UTC), never later than the promise of 14:30 UTC.'

  test('the composer says that it waits, for whom, and until when; the button asks', async () => {
    expect(await roomOf()).toContain(`${ASKS} Ask to post to 0 people`)
  })

  test('whoever writes is not asked themselves; where nobody else leads, the others are', async () => {
    expect(await roomOf(second)).toContain('Waits for a second person: Root is asked.')
  })

  test('the promise comes first, and one that is due waits for nobody', async () => {
    await house.clock.advance(27 * MINUTE)
    expect(await roomOf()).toContain('Unanswered, it goes out by itself by 14:29:58 UTC, in time for the promise.')
    await house.clock.advance(3 * MINUTE)
    const late = await roomOf()
    expect(late).toContain('The promise is due: it goes out at once, without a second person.')
    expect(late).toContain('Post to 0 people')
    expect(late).not.toContain('Ask to post')
  })

  test('where the severities differ, each sentence says of which it is', async () => {
    await setTerms(house.acting(), { approval: null, hold: 'PT0S' })
    expect(await roomOf()).not.toContain('Waits for a second person')
    await setTerms(house.acting(), { approval: 'PT10M' }, ['SEV1'])
    expect(await roomOf()).toContain(
      'SEV1: Waits for a second person: Bob is asked. Unanswered, it goes out by itself 10 min',
    )
    expect(await roomOf()).toContain('Post to 0 people')
    await setTerms(house.acting(), { approval: 'PT5M', hold: 'PT0S' })
  })

  test('a severity lowered beforehand, without words, still asks', async () => {
    await setTerms(house.acting(), { approval: null, hold: 'PT0S' }, ['SEV3', 'SEV4'])
    await changeIncident(actingAs(house, ada), fresh.slice(-12), { severity: 'SEV3', severity_reason: 'Fewer.' })
    expect(await roomOf()).toContain('Ask to post to 0 people')
    await setTerms(house.acting(), { approval: 'PT5M', hold: 'PT0S' })
  })

  test('what is written inside waits for nobody', async () => {
    const inside = {
      title: 'Exports lag',
      severity: 'SEV3' as const,
      body: 'We look.',
      visibility: 'internal' as const,
    }
    const { id } = await openIncident(actingAs(house, ada), inside)
    expect(wordsOf(await page(author, `/console/incidents/${id}`))).not.toContain('second person')
  })
})
