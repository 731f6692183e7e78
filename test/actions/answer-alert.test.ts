import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { recordInboundSms } from '../../api/actions/record-inbound-sms.ts'
import { plus } from '../../api/domain/duration.ts'
import { CODE_LETTERS } from '../../api/domain/reply.ts'
import { newId } from '../../db/ids.ts'
import { codeFor } from '../../db/queries/reply-codes.ts'
import { announcements, incidents, replyCodes, staffReplies, updates } from '../../db/schema.ts'
import { SECRETS, somePerson } from '../support/acting.ts'
import { delivering, START } from '../support/delivering.ts'

const world = await delivering()
const { db, acting } = world
const lee = await somePerson(db, 'responder', 'Lee', { phoneVerifiedAt: START })
const kim = await somePerson(db, 'commander', 'Kim', { phoneVerifiedAt: START })
const incident = await world.declare()

/** A code for this person, as an alert gives it. */
async function codeOf(personId: string): Promise<string> {
  const announcementId = newId()
  const now = await world.clock.now()
  const told = { audience: 'internal', priority: 0, expiresAt: plus(now, 60_000), fannedOutAt: now } as const
  await db.insert(announcements).values({ ...told, id: announcementId, kind: 'alert', incidentId: incident.id })
  const [row] = await db.select().from(incidents).where(eq(incidents.id, incident.id))
  const given = { announcementId, personId, incidentId: incident.id, updateSeq: row!.updateSeq }
  return (await codeFor(db, SECRETS, { ...given, expiresAt: plus(now, 60_000) }))!
}
const says = (phone: string, text: string) => recordInboundSms(acting, { MessageSid: newId(), From: phone, Body: text })

it('no text without a live code of its sender ever publishes', async () => {
  const kims = await codeOf(kim.id)
  const lees = await codeOf(lee.id)
  const live = [kims, lees]
  const code = fc
    .array(fc.constantFrom(...CODE_LETTERS), { minLength: 4, maxLength: 4 })
    .map((letters) => letters.join(''))
    .filter((drawn) => !live.includes(drawn))
  const words = fc.oneof(fc.constantFrom('SAME', 'same', 'The EU is back.', 'TAKE', 'SNOOZE 10 why'), fc.string())
  const text = fc.oneof(
    words,
    fc.tuple(code, words).map(([drawn, rest]) => `${drawn} ${rest}`),
    // The code of somebody else, a code that does not stand in front, a code that is a part of a word.
    words.map((rest) => `${kims} ${rest}`),
    fc.tuple(fc.constantFrom('Hi', 'The', 'RE:'), words).map(([first, rest]) => `${first} ${lees} ${rest}`),
    words.map((rest) => `${lees}S ${rest}`),
  )
  const before = await db.$count(updates)
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(lee.phone!, '+4915199999999'), async (written, phone) => {
      await db.delete(staffReplies)
      await says(phone, written)
      expect(await db.$count(updates)).toBe(before)
    }),
    { numRuns: 150 },
  )
  await says(lee.phone!, `${lees} It is back.`)
  expect(await db.$count(updates)).toBe(before + 1)
})

it('a code is stored so that the row alone reveals it to nobody, and is the same whoever asks for it', async () => {
  const code = await codeOf(lee.id)
  const rows = await db.select().from(replyCodes)
  expect(JSON.stringify(rows)).not.toContain(code)
  const [row] = rows.slice(-1)
  const again = await Promise.all([1, 2, 3].map(() => codeFor(db, SECRETS, row!)))
  expect(new Set(again).size).toBe(1)
  expect(await codeFor(db, ['a new secret for tests, long enough', ...SECRETS], row!)).toBe(again[0])
})

it('live codes differ', async () => {
  await Promise.all(Array.from({ length: 40 }, () => codeOf(lee.id)))
  const live = (await db.select().from(replyCodes)).filter(({ closedAt }) => closedAt === null)
  expect(new Set(live.map(({ codeHash }) => codeHash)).size).toBe(live.length)
})

it('a code that was given before SECRET changed still counts', async () => {
  const code = await codeOf(lee.id)
  const rotated = { ...acting, secrets: ['a new secret for tests, long enough', ...SECRETS] }
  const said = await recordInboundSms(rotated, { MessageSid: newId(), From: lee.phone!, Body: `${code} SAME` })
  expect(said.answered).toBe('no_change')
})
