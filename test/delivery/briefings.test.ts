import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { postBriefingInput } from '../../api/actions/briefing-fields.ts'
import { changeBriefingRules } from '../../api/actions/change-briefing-rules.ts'
import { postBriefing } from '../../api/actions/post-briefing.ts'
import { readMail } from '../../api/delivery/read-mailbox.ts'
import { deliveries, people } from '../../db/schema.ts'
import { somePerson, URLS } from '../support/acting.ts'
import { BRIEFING } from '../support/briefings.ts'
import { delivering, someSubscriber } from '../support/delivering.ts'

const world = await delivering()
const { db, clock } = world
const priya = await somePerson(db, 'commander', 'Priya Nair')
const ana = await somePerson(db, 'executive', 'Ana Ruiz')
const max = await somePerson(db, 'executive', 'Max Roth', { phone: null })
await changeBriefingRules(world.acting, [{ to: [ana.id, max.id], severities: ['SEV1'] }])

const declare = (given = {}) =>
  world.declare({ commander_id: priya.id, started_at: new Date('2026-11-12T13:56:00Z'), ...given })
const brief = (incidentId: string, given: object = {}) =>
  postBriefing(world.acting, incidentId, postBriefingInput.parse({ ...BRIEFING, ...given }))
const decision = () => ({
  question: 'Do we write to all 8,400 account owners, or only to the 6,000 affected?',
  by_person_id: ana.id,
  by: '2026-11-12T14:50:00.000Z',
  advice: 'only the affected',
})
const rowsOf = async (incidentId: string) =>
  (await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId))).filter((row) => row.personId)
const readBy = async (person: { id: string }, channel: 'email' | 'sms', incidentId: string) => {
  const row = (await rowsOf(incidentId)).find((each) => each.personId === person.id && each.channel === channel)
  return readMail(world.folder, row!.id)
}

describe('a briefing', () => {
  it('goes to whom the rules name, in a lane of its own, until the next one is due', async () => {
    const { id } = await declare()
    const { nextBriefingDueAt } = await brief(id)
    const rows = await rowsOf(id)
    expect(rows.map((row) => `${row.channel} ${row.lane} ${row.audience} ${row.personId}`).sort()).toEqual(
      [
        `email executive executive ${ana.id}`,
        `email executive executive ${max.id}`,
        `sms executive executive ${ana.id}`,
      ].sort(),
    )
    expect(new Set(rows.map((row) => row.expiresAt.toISOString()))).toEqual(new Set([nextBriefingDueAt!.toISOString()]))
  })

  it('says by mail who decides what, every figure in text as in HTML, and nothing of unsubscribing', async () => {
    const { id } = await declare()
    await clock.set(new Date('2026-11-12T14:32:00.000Z'))
    await brief(id, { decision_needed: decision() })
    await world.drain()
    const mail = (await readBy(ana, 'email', id))!
    expect(mail.summary).toBe(`Briefing 1, SEV1: ${BRIEFING.headline}`)
    for (const part of [mail.text, mail.html!])
      for (const fact of [
        'Executive briefing 1',
        'SEV1 Critical',
        'confidential',
        '6,000',
        '36 min',
        '13:56 UTC',
        '14:50 UTC',
        '14:55 UTC',
        'Ana Ruiz',
        'Priya Nair',
        'only the affected',
        '15:02 UTC',
        `${URLS.api}/b/`,
      ])
        expect(part).toContain(fact)
    const names = mail.headers.map((header) => header.name.toLowerCase())
    expect(names).toContain('auto-submitted')
    expect(names).not.toContain('list-unsubscribe')
    expect(mail.headers.find((header) => header.name.toLowerCase() === 'references')?.value).toContain(
      `briefings-${id}`,
    )
  })

  it('fits a text message: the headline, the decision, a signed link', async () => {
    const { id } = await declare()
    await brief(id, { decision_needed: decision() })
    await world.drain()
    const files = (await readdir(world.folder)).filter((name) => name.endsWith('.json'))
    const texts = await Promise.all(
      files.map(async (name) => JSON.parse(await readFile(join(world.folder, name), 'utf8'))),
    )
    const rows = await rowsOf(id)
    const text = texts.find((each) => rows.some((row) => row.id === each.delivery_id))
    expect(text).toMatchObject({ purpose: 'briefing', encoding: 'GSM-7', to: ana.phone })
    expect(text.segments).toBeLessThanOrEqual(2)
    expect(text.body).toMatch(/^Northwind briefing 1 SEV1 \d\d:\d\d UTC: Most customers cannot sign in/)
    expect(text.body).toMatch(/Your decision is needed by 14:50 UTC\. https:\/\/\S+\/b\/[\w.-]+$/)
  })

  it('that a newer one has overtaken is not sent', async () => {
    const { id } = await declare()
    await brief(id)
    await brief(id, { headline: 'The second.' })
    await world.drain()
    expect((await rowsOf(id)).map((row) => row.state).sort()).toEqual([
      ...Array(3).fill('accepted'),
      ...Array(3).fill('superseded'),
    ])
  })

  it('is not sent to somebody who has left meanwhile', async () => {
    const leaver = await somePerson(db, 'executive', 'Leo')
    const { id } = await declare({ severity: 'SEV3' })
    await brief(id, { decision_needed: { ...decision(), by_person_id: leaver.id } })
    await db.update(people).set({ active: false }).where(eq(people.id, leaver.id))
    await world.drain()
    expect(new Set((await rowsOf(id)).map((row) => row.state))).toEqual(new Set(['suppressed']))
  })

  it('comes beside the public update to an executive who follows the page as well, each once', async () => {
    await someSubscriber(world, max.email)
    const { id } = await declare({ body: 'Sign-in fails for most customers.' })
    await brief(id)
    await world.drain()
    const mails = (await db.select().from(deliveries).where(eq(deliveries.incidentId, id))).filter(
      (row) => row.address === max.email,
    )
    expect(mails.map((row) => `${row.lane} ${row.state}`).sort()).toEqual(['executive accepted', 'public accepted'])
  })

  it('goes out while everything public is held up', async () => {
    const { id } = await declare({ body: 'Words.' })
    await brief(id)
    await world.fanOut()
    const never = { nextAttemptAt: new Date('2027-01-01T00:00:00Z') }
    await db.update(deliveries).set(never).where(eq(deliveries.lane, 'public'))
    await world.drain()
    expect(new Set((await rowsOf(id)).map((row) => row.state))).toEqual(new Set(['accepted']))
  })
})
