import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../api/domain/duration.ts'
import { announcements, siteChanges } from '../../db/schema.ts'
import { carriedBy, startStory } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { follow, pageWords, published, publishedJson, soon } from '../support/storytelling.ts'
import { testTwilio } from '../support/twilio.ts'

const smtp = await testSmtp()
const twilio = await testTwilio()
const story = await startStory(carriedBy(smtp, twilio))
await follow(story, 'email', 'lena@customer.example')
const login = (await story.api('POST', '/components', { name: 'Login' })).body.id as string
let letters = 0

/** A SEV1 that has been spoken of; its promise is in fifteen minutes. */
async function opened(title = 'Sign-in fails'): Promise<string> {
  const input = { title, severity: 'SEV1', body: 'Nobody can sign in.', components: [{ id: login }] }
  const { id } = (await story.api('POST', '/incidents', input)).body
  letters += 1
  await smtp.waitFor(letters)
  return `/incidents/${id}`
}
const incident = async (path: string) => (await story.api('GET', path)).body
const told = (path: string) =>
  story.db.$count(announcements, and(eq(announcements.incidentId, path.slice(-12)), eq(announcements.kind, 'update')))
const changes = (path: string) => story.db.$count(siteChanges, eq(siteChanges.incidentId, path.slice(-12)))
/** Everything that an outsider could read it in. */
const FILES = [
  '/',
  '/status.json',
  '/history.rss',
  '/history.atom',
  '/updates.rss',
  '/feed.json',
  '/api/v2/summary.json',
]
const outside = async (path: string) =>
  (await Promise.all([path, ...FILES].map((file) => published(story, file)))).join()

const CHANGE = {
  body: 'CANARY: a roll-back runs.',
  status: 'identified',
  severity: 'SEV2',
  severity_reason: 'CANARY: only the EU.',
  components: [] as object[],
  hold: 'PT5M',
}

describe('a held update', () => {
  it('changes nothing and is told to nobody until its time, then everything at once and to everybody', async () => {
    const path = await opened()
    const before = await incident(path)
    const seen = await changes(path)
    const components = [{ id: login, status: 'partial_outage' }]
    const posted = await story.api('POST', `${path}/updates`, { ...CHANGE, components })
    expect(posted.status).toBe(201)
    expect(posted.body).toMatchObject({
      state: 'held',
      seq: 2,
      published_at: null,
      promise_kept: null,
      announcement_id: null,
    })
    const length = new Date(posted.body.release_at).getTime() - new Date(posted.body.created_at).getTime()
    expect(length).toBe(5 * MINUTE)
    const during = await incident(path)
    expect(during).toMatchObject({ status: 'investigating', severity: 'SEV1', update_seq: 1 })
    expect(during.next_update_due_at).toBe(before.next_update_due_at)
    expect(during.components).toEqual(before.components)
    expect(during.updates.map(({ state }: { state: string }) => state)).toEqual(['held', 'published'])
    await story.later(4 * MINUTE)
    expect(await outside(path)).not.toContain('CANARY')
    expect([await told(path), await changes(path)]).toEqual([1, seen])

    await story.later(MINUTE)
    await soon(async () => expect((await incident(path)).update_seq).toBe(2))
    const after = await incident(path)
    expect(after).toMatchObject({ status: 'identified', severity: 'SEV2', components })
    expect(after.updates[0]).toMatchObject({ id: posted.body.id, state: 'published', seq: 2, promise_kept: true })
    expect(after.updates[0].release_at).toBe(posted.body.release_at)
    letters += 1
    const mail = (await smtp.waitFor(letters)).at(-1)!
    expect(mail.mail.text).toContain('CANARY: a roll-back runs.')
    await soon(async () => expect(await pageWords(story, path)).toContain('CANARY: a roll-back runs.'))
    expect(await outside(path)).not.toContain('only the EU')
    const { data } = (await story.api('GET', `${path}/timeline`)).body
    const lines = data.map(({ text }: { text: string }) => text)
    expect(lines).toContain('SEV1 → SEV2: CANARY: only the EU.')
    expect(lines.filter((text: string) => text.startsWith('Update 2 published'))).toHaveLength(1)
    expect(await told(path)).toBe(2)
  })

  it('goes out by the promise at the latest, in time to keep it', async () => {
    const path = await opened()
    const { next_update_due_at: due } = await incident(path)
    const posted = await story.api('POST', `${path}/updates`, { body: 'Held for long.', hold: 'PT2H' })
    expect(posted.body.release_at).toBe(due)
    // Fifteen minutes less the time that a busy machine may have taken until here.
    await story.later(15 * MINUTE - 6_000)
    await soon(async () => expect((await incident(path)).update_seq).toBe(2))
    const kept = await incident(path)
    expect(kept.updates[0]).toMatchObject({ promise_kept: true, late_by: null })
    expect(kept.overdue).toBe(false)
    letters += 1
    await smtp.waitFor(letters)
  })

  it('that nobody was there to release goes out as soon as somebody is, and is as late as it is', async () => {
    const path = await opened()
    const posted = await story.api('POST', `${path}/updates`, { body: 'Late.', hold: 'PT1M', next_update_in: 'PT10M' })
    await story.later(40 * MINUTE)
    await soon(async () => expect((await incident(path)).update_seq).toBe(2))
    const [update] = (await incident(path)).updates
    expect(update).toMatchObject({ id: posted.body.id, promise_kept: false })
    expect(new Date(update.next_update_due_at).getTime() - new Date(update.published_at).getTime()).toBe(10 * MINUTE)
    letters += 1
    await smtp.waitFor(letters)
  })

  it('is not held at all when the promise is broken already', async () => {
    const path = await opened()
    await story.later(20 * MINUTE)
    const posted = await story.api('POST', `${path}/updates`, { body: 'At last.', hold: 'PT5M' })
    expect(posted.body).toMatchObject({ state: 'published', release_at: null, promise_kept: false })
    letters += 1
    await smtp.waitFor(letters)
  })

  it('whose promise has become impossible meanwhile promises what the cadence does', async () => {
    const path = await opened()
    const at = new Date((await story.clock.now()).getTime() + 3 * MINUTE).toISOString()
    await story.api('POST', `${path}/updates`, { body: 'By then.', hold: 'PT1M', next_update_at: at })
    await story.later(10 * MINUTE)
    await soon(async () => expect((await incident(path)).update_seq).toBe(2))
    const [update] = (await incident(path)).updates
    expect(new Date(update.next_update_due_at).getTime() - new Date(update.published_at).getTime()).toBe(15 * MINUTE)
    letters += 1
    await smtp.waitFor(letters)
  })

  it('is refused at once where it could not be released', async () => {
    const path = await opened()
    const codes = async (input: object) => {
      const { status, body } = await story.api('POST', `${path}/updates`, { body: 'Words.', hold: 'PT1M', ...input })
      return [
        status,
        ...(body.errors ?? []).map(({ field, code }: { field: string; code: string }) => `${field} ${code}`),
      ]
    }
    expect(await codes({ next_update_in: 'PT2H' })).toEqual([422, 'next_update_in cadence_exceeded'])
    expect(await codes({ components: [{ id: 'c0mp0nent0xx' }] })).toEqual([422, 'components.0.id unknown'])
    expect(await codes({ hold: 'PT25H' })).toMatchObject([422, expect.stringMatching(/^hold /)])
    expect((await incident(path)).updates).toHaveLength(1)
  })
})

describe('a recalled update', () => {
  it('never existed outside: not on the page, not in a feed, and without a gap in the numbers', async () => {
    const path = await opened()
    const seen = await changes(path)
    const { id } = (await story.api('POST', `${path}/updates`, { ...CHANGE, internal_note: 'Seen inside.' })).body
    expect((await story.api('DELETE', `${path}/updates/${id}`)).status).toBe(204)
    expect((await story.api('DELETE', `${path}/updates/${id}`)).status).toBe(204)
    await story.later(6 * MINUTE)
    expect(await incident(path)).toMatchObject({ status: 'investigating', severity: 'SEV1', update_seq: 1 })
    expect([await told(path), await changes(path)]).toEqual([1, seen])
    const next = await story.api('POST', `${path}/updates`, { body: 'What we meant.' })
    expect(next.body).toMatchObject({ seq: 2, state: 'published' })
    letters += 1
    await smtp.waitFor(letters)
    await soon(async () => expect(await pageWords(story, path)).toContain('What we meant.'))
    const [entry] = (await publishedJson(story, '/status.json')).incidents.filter((each: { id: string }) =>
      path.endsWith(each.id),
    )
    expect(entry.updates.map(({ seq }: { seq: number }) => seq)).toEqual([2, 1])
    expect(await outside(path)).not.toContain('CANARY: a roll-back runs. ')
    const { updates } = await incident(path)
    expect(updates.map(({ seq, state }: { seq: number; state: string }) => [seq, state])).toEqual([
      [2, 'published'],
      [2, 'recalled'],
      [1, 'published'],
    ])
    const { data } = (await story.api('GET', `${path}/timeline`)).body
    expect(data.map(({ text }: { text: string }) => text)).toEqual(
      expect.arrayContaining(['Update 2 recalled before it went out.', 'Seen inside.']),
    )
    const release = await story.api('POST', `${path}/updates/${id}/release`)
    expect([release.status, release.body.errors[0].code]).toEqual([409, 'already_recalled'])
  })

  it('has to be held: what is out already is refused by name', async () => {
    const path = await opened()
    const { id } = (await story.api('POST', `${path}/updates`, { body: 'Held.', hold: 'PT5M' })).body
    const released = await story.api('POST', `${path}/updates/${id}/release`)
    expect([released.status, released.body.state]).toEqual([200, 'published'])
    expect((await story.api('POST', `${path}/updates/${id}/release`)).body).toEqual(released.body)
    const late = await story.api('DELETE', `${path}/updates/${id}`)
    expect([late.status, late.body.errors[0].code]).toEqual([409, 'already_published'])
    expect((await story.api('DELETE', `${path}/updates/${'a'.repeat(12)}`)).status).toBe(404)
    letters += 1
    await smtp.waitFor(letters)
  })
})

it('nothing else is said of an incident while an update of it is held, and what is inside stays inside', async () => {
  const inside = { title: 'Exports', severity: 'SEV3', visibility: 'internal', body: 'CANARY inside.' }
  const path = `/incidents/${(await story.api('POST', '/incidents', inside)).body.id}`
  const { id } = (await story.api('POST', `${path}/updates`, { body: 'CANARY held.', hold: 'PT5M' })).body
  for (const [method, more, body] of [
    ['POST', '/updates', { body: 'More.' }],
    ['POST', '/retraction', { reason: 'None.', body: 'Sorry.' }],
    ['PATCH', '', { visibility: 'public' }],
  ] as const) {
    const refused = await story.api(method, `${path}${more}`, body)
    expect([refused.status, refused.body.errors[0].code], `${method} ${more}`).toEqual([409, 'update_held'])
    expect(refused.body.detail).toMatch(/^Update 2 is held and goes out at \d\d:\d\d:\d\d UTC at the latest\./)
  }
  await story.api('DELETE', `${path}/updates/${id}`)
  expect((await story.api('PATCH', path, { visibility: 'public' })).status).toBe(200)
})
