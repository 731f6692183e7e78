import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { newId } from '../../db/ids.ts'
import { auditLog, subscribers } from '../../db/schema.ts'
import { wordsOf } from '../support/forms.ts'
import { testWorld } from '../support/world.ts'

const house = await testWorld()
const { db } = house
const visitor = await house.signIn(await house.person('admin', { name: 'Ada' }))
const login = await addComponent(house.acting(), { name: 'Login' })
const PATH = '/console/subscribers'

beforeEach(async () => {
  await db.delete(subscribers)
})

async function somebody(address: string, set: Partial<typeof subscribers.$inferInsert> = {}): Promise<string> {
  const id = newId()
  const confirmedAt = new Date('2026-01-01T00:00:00Z')
  await db
    .insert(subscribers)
    .values({ id, channel: 'email', address, addressKey: address, state: 'active', confirmedAt, ...set })
  return id
}

const shown = async (query = '') => {
  const answer = await visitor.get(`${PATH}${query}`)
  expect(answer.status).toBe(200)
  return answer.text()
}

describe('the screen of subscribers', () => {
  it('tells who hears what, since when and by whose word, and how many there are by channel', async () => {
    await somebody('mia@example.com', {
      componentIds: [login.id],
      minSeverity: 'SEV2',
      events: 'milestones',
      consentSource: 'crm',
    })
    await somebody('+4915112345678', { channel: 'sms' })
    const words = wordsOf(await shown())
    expect(words).toContain('1 by email, 1 by SMS')
    expect(words).toMatch(/mia@example\.com Email Login, from SEV2, milestones only Since .*agreed by crm/)
    expect(words).toContain('+4915112345678 SMS Everything Since')
  })

  it('finds by part of an address, channel and state, and says when nobody fits', async () => {
    await somebody('mia@example.com')
    await somebody('noa@example.com', { state: 'ended', endedAt: new Date('2026-02-01T00:00:00Z') })
    expect(wordsOf(await shown('?search=MIA'))).not.toContain('noa@')
    expect(wordsOf(await shown('?channel=&state=ended&search='))).toMatch(/noa@example\.com Email Everything Left/)
    expect(wordsOf(await shown('?state=ended'))).not.toContain('mia@')
    expect(wordsOf(await shown('?channel=sms'))).toContain('Nobody fits this.')
    expect(wordsOf(await shown('?channel=fax'))).toContain('mia@example.com')
  })

  it('shows fifty at a time, each of them once, and keeps the filter', async () => {
    for (let n = 10; n < 70; n++) await somebody(`u${n}@example.com`)
    await somebody('other@example.com')
    const first = await shown('?search=u')
    const more = /href="(\/console\/subscribers\?[^"]*after[^"]*)"/.exec(first)![1]!.replaceAll('&amp;', '&')
    const second = await (await visitor.get(more)).text()
    const seen = [first, second].flatMap((html) => [...new Set(html.match(/\bu\d\d@example\.com/g))])
    expect(seen.toSorted()).toEqual(Array.from({ length: 60 }, (_, n) => `u${n + 10}@example.com`))
    expect(second).not.toContain('other@')
  })

  it('erases one for good, says so, and writes down who did it', async () => {
    const id = await somebody('mia@example.com')
    await somebody('noa@example.com')
    const done = await visitor.post(`${PATH}/${id}/erase`, {})
    expect(done.status).toBe(303)
    const words = wordsOf(await (await visitor.get(done.headers.get('location')!)).text())
    expect(words).toContain('Erased. Nothing tells any more who it was.')
    expect(words).not.toContain('mia@')
    expect(words).toContain('noa@example.com')
    expect(await db.select().from(auditLog).where(eq(auditLog.subjectId, id))).toEqual([
      expect.objectContaining({ action: 'subscriber.erased', actorName: 'Ada' }),
    ])
    expect((await visitor.post(`${PATH}/${id}/erase`, {})).status).toBe(404)
  })

  it('gives those that it shows as a table, and writes that down', async () => {
    await somebody('mia@example.com')
    await somebody('noa@example.com')
    const url = /href="(\/console\/subscribers\/export\?[^"]*)"/.exec(await shown('?search=noa'))![1]!
    const answer = await visitor.get(url.replaceAll('&amp;', '&'))
    expect(answer.headers.get('content-type')).toContain('text/csv')
    expect(await answer.text()).toMatch(/noa@example\.com/)
    expect((await db.select().from(auditLog)).at(-1)).toMatchObject({
      action: 'subscribers.exported',
      actorName: 'Ada',
    })
  })

  it('is for admins alone', async () => {
    const responder = await house.signIn(await house.person('responder', { name: 'Rob' }))
    expect((await responder.get(PATH)).status).toBe(403)
    expect(wordsOf(await (await responder.get('/console')).text())).not.toContain('Subscribers')
  })
})
