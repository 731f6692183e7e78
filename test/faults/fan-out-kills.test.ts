import { randomInt } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { expect, it, vi } from 'vitest'
import { deliveries, updates } from '../../db/schema.ts'
import { killable, type Victim } from '../support/killable.ts'
import { chance } from '../support/seeded.ts'
import { carriedBy } from '../support/service.ts'
import { testSmtp } from '../support/smtp.ts'
import { testTwilio } from '../support/twilio.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

/** `SEED=… KILLS=… vitest run test/faults/fan-out-kills.test.ts` plays the same kills again, or more of them. */
const SEED = Number(process.env.SEED ?? randomInt(2 ** 31))
const KILLS = Number(process.env.KILLS ?? 12)
const MAILBOXES = Array.from({ length: 40 }, (_, n) => `reader${n}@customer.example`)
const PHONES = Array.from({ length: 10 }, (_, n) => `+49151123456${10 + n}`)
/** Messages that may be on their way at once: SMTP_CONNECTIONS, and the slots of SMS. */
const SLOTS = 5 + 6

const smtp = await testSmtp()
const twilio = await testTwilio()
const service = await killable(carriedBy(smtp, twilio), [...MAILBOXES, ...PHONES])
const { between, oneOf } = chance(SEED)

type Moment = 'asked' | 'committed' | 'told' | 'answered' | 'mails' | 'texts' | 'overtaking'
const MOMENTS: Moment[] = [
  'asked',
  'committed',
  'told',
  'answered',
  'mails',
  'mails',
  'texts',
  'overtaking',
  'overtaking',
]
const VICTIMS: Victim[] = ['process', 'process', 'process', 'database', 'both']

const kills = Array.from({ length: KILLS }, (_, index) => ({
  number: index + 1,
  // Every fault is met in every run; the rest is chance.
  victim: index < 3 ? (['process', 'database', 'both'] as const)[index]! : oneOf(VICTIMS),
  moment: oneOf(MOMENTS),
  messages: between(1, 38),
  texts: between(1, 10),
  isNew: index === 0 || between(1, 4) === 1,
}))

let incidentId: string | null = null
let word = 0

/** Says something about the incident under way, or declares one. */
async function speak(isNew: boolean): Promise<void> {
  word += 1
  const body = `Word ${word}.`
  const declares = isNew || incidentId === null
  const answer = await (declares
    ? service.post('/incidents', { title: `Trouble ${word}`, severity: 'SEV2', body })
    : service.post(`/incidents/${incidentId}/updates`, { body }))
  if (declares && answer?.status === 201) incidentId = answer.id
}

/** Speaks, and waits for the moment to kill; what is being said then goes on behind. */
async function speakUntil({
  moment,
  messages,
  texts,
  isNew,
}: (typeof kills)[number]): Promise<{ said: Promise<void> }> {
  const before = { mails: smtp.received.length, texts: twilio.sent.length }
  const mails = (count: number) => smtp.waitFor(before.mails + count)
  const [committed, told] = [service.next('fan_out'), service.next('deliver')]
  const said = speak(isNew)
  switch (moment) {
    case 'asked':
      for (let turn = 0; turn < texts; turn += 1) await new Promise(setImmediate)
      break
    case 'committed':
      await Promise.race([committed, said])
      break
    case 'told':
      await Promise.race([told, mails(1)])
      break
    case 'answered':
      await said
      break
    case 'mails':
      await mails(messages)
      break
    case 'texts':
      await twilio.waitFor(before.texts + texts)
      break
    case 'overtaking':
      await Promise.all([said, mails(Math.ceil(messages / 2))])
      return overtake(mails(messages))
  }
  return { said }
}

/** Says the next word while the last one is still being carried. */
async function overtake(until: Promise<unknown>): Promise<{ said: Promise<void> }> {
  const said = speak(false)
  await until
  return { said }
}

const byId = async () => new Map((await service.db.select().from(deliveries)).map((row) => [row.id, row]))
const nameOf = (mail: (typeof smtp.received)[number]) => mail.mail.messageId!.slice(1).split('@')[0]!
const textNameOf = (text: (typeof twilio.sent)[number]) =>
  new URL(text.params.StatusCallback!).searchParams.get('delivery')!
const repeatsOf = (names: readonly string[]) => names.length - new Set(names).size

/** Every update that was committed has a row, in a final state, for everybody. */
async function expectEverybodyTold(): Promise<void> {
  const missing = await service.db.execute(sql`
    select updates.id, subscribers.address from updates cross join subscribers
    where not exists (select 1 from deliveries
      where deliveries.update_id = updates.id and deliveries.subscriber_id = subscribers.id)`)
  expect(missing).toEqual([])
  const last = await service.db.execute(sql`
    select distinct on (subscriber_id) channel, deliveries.state, reason from deliveries
      join updates on updates.id = update_id
    where deliveries.incident_id = ${incidentId} order by subscriber_id, seq desc`)
  for (const row of last) expect(row).toMatchObject(row.channel === 'email' ? { state: 'accepted' } : {})
}

/** What arrived was committed, and never goes back: each reader's words on one incident come in their order. */
async function expectOnlyTruthInOrder(): Promise<void> {
  const rows = await byId()
  const said = new Map((await service.db.select().from(updates)).map((row) => [row.id, row]))
  const heard = new Map<string, number>()
  for (const name of [...smtp.received.map(nameOf), ...twilio.sent.map(textNameOf)]) {
    const row = rows.get(name)
    const update = said.get(row?.updateId ?? '')
    expect(update?.state).toBe('published')
    const reader = `${row!.subscriberId} ${row!.incidentId}`
    expect(update!.seq).toBeGreaterThanOrEqual(heard.get(reader) ?? 0)
    heard.set(reader, update!.seq)
  }
}

/** Accepted mail was really taken; of each as many copies as attempts of unknown fate allow (standards R6). */
async function expectRepeatsCounted(): Promise<void> {
  const copies = Map.groupBy(smtp.received.map(nameOf), (name) => name)
  for (const [id, row] of await byId())
    if (row.channel === 'email') {
      expect(copies.get(id)?.length ?? 0).toBeLessThanOrEqual(1 + row.unknowns)
      if (row.state === 'accepted') expect(copies.has(id)).toBe(true)
    }
}

async function expectPageCurrent(): Promise<void> {
  await vi.waitFor(
    async () => {
      const page = JSON.parse(await readFile(join(service.dataDir, 'site', 'status.json'), 'utf8'))
      const [newest] = await service.db.execute(sql`select revision from site_revision`)
      expect(page.revision).toBe(newest!.revision)
    },
    { timeout: 30_000, interval: 50 },
  )
}

it.each(kills)(
  `kill $number, of the $victim at "$moment" (SEED=${SEED}), loses nobody and repeats no text`,
  async (kill) => {
    const before = { mails: repeatsOf(smtp.received.map(nameOf)), texts: repeatsOf(twilio.sent.map(textNameOf)) }
    const { said } = await speakUntil(kill)
    const onTheirWay = await service.kill(kill.victim)
    await said
    await service.settled()
    // A process that lives knows what it has sent, and tells the database when that is back.
    const most = kill.victim === 'database' ? 0 : (onTheirWay ?? SLOTS)
    expect(repeatsOf(smtp.received.map(nameOf)) - before.mails).toBeLessThanOrEqual(most)
    expect(repeatsOf(twilio.sent.map(textNameOf))).toBe(0)
    await expectEverybodyTold()
    await expectOnlyTruthInOrder()
    await expectRepeatsCounted()
    await expectPageCurrent()
  },
)
