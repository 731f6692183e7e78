import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { and, desc, eq } from 'drizzle-orm'
import { afterAll } from 'vitest'
import type { Acting } from '../../api/actions/acting.ts'
import { type OpenIncident, openIncident } from '../../api/actions/open-incident.ts'
import { type PostUpdate, postUpdate } from '../../api/actions/post-update.ts'
import { type Carrying, claim, hand, prepare, turn } from '../../api/delivery/carry.ts'
import type { Carriers } from '../../api/delivery/channel.ts'
import { localSender, newShared, type Shared } from '../../api/delivery/compose.ts'
import { smtpCarrier } from '../../api/delivery/email.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import type { Letter } from '../../api/delivery/letter.ts'
import { mailboxForMail, mailboxForSms } from '../../api/delivery/mailbox.ts'
import { twilioCarrier } from '../../api/delivery/sms.ts'
import { webhookCarrier } from '../../api/delivery/webhook.ts'
import { LANES } from '../../api/domain/attempt.ts'
import { makeLog } from '../../api/log.ts'
import { noRecorder } from '../../api/recorder.ts'
import { newId } from '../../db/ids.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { announcements, deliveries, subscribers, updates } from '../../db/schema.ts'
import { actingAs, SECRETS, setUpNorthwind, templates, URLS } from './acting.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import type { TestSmtp } from './smtp.ts'
import type { TestTwilio } from './twilio.ts'

/** When these tests begin, by the database's clock. */
export const START = new Date('2026-11-12T14:04:00.000Z')

const CARRIED = ['email', 'sms', 'webhook'] as const

export interface Delivering extends TestDatabase {
  carrying: Carrying
  acting: Acting
  folder: string
  logged: string[]
  /** Fans out everything that waits. */
  fanOut(): Promise<void>
  /** Fans out and carries until nothing is due at the present time. */
  drain(): Promise<void>
  declare(input?: Partial<OpenIncident>): ReturnType<typeof openIncident>
  post(incidentId: string, input: PostUpdate): ReturnType<typeof postUpdate>
  ledger(): Promise<Delivery[]>
}

/** A database with Northwind in it, its clock standing at `START`, and carriers that bring everything to the mailbox. */
export async function delivering(carriers: Partial<Carriers> = {}): Promise<Delivering> {
  const database = await testDatabase()
  const { db, clock } = database
  await clock.set(START)
  await setUpNorthwind(db)
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-mailbox-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const logged: string[] = []
  const carrying: Carrying = {
    db,
    clock,
    log: makeLog('trace', { write: (line) => void logged.push(line) }),
    record: noRecorder,
    random: () => 0.5,
    templates,
    secrets: SECRETS,
    urls: URLS,
    sender: { ...localSender(URLS.site), bounceDomain: 'bounce.northwind.example' },
    smsCountries: [],
    carriers: {
      email: mailboxForMail(folder),
      sms: mailboxForSms(folder),
      webhook: webhookCarrier({ allow: [] }),
      ...carriers,
    },
  }
  const acting = actingAs(db, clock)
  const fanOut = async () => {
    while (await fanOutStep(db, CARRIED));
  }
  return {
    ...database,
    carrying,
    acting,
    folder,
    logged,
    fanOut,
    async drain() {
      await fanOut()
      while (await carryDue(carrying));
    },
    declare: (input = {}) =>
      openIncident(acting, {
        title: 'Sign-in fails',
        severity: 'SEV1',
        body: 'Some customers cannot sign in.',
        ...input,
      }),
    post: (incidentId, input) => postUpdate(acting, incidentId, input),
    ledger: () => db.select().from(deliveries).orderBy(deliveries.queuedAt, deliveries.id),
  }
}

/** Claims what is due on every channel and lane and carries it; false when nothing was. */
export async function carryDue(carrying: Carrying): Promise<boolean> {
  const rows: Delivery[] = []
  for (const channel of CARRIED) for (const lane of LANES) rows.push(...(await claim(carrying, channel, lane, 50)))
  await Promise.all(rows.map((row) => carryOne(carrying, row)))
  return rows.length > 0
}

/** Carries one claimed row, as a lane carries many. */
export async function carryOne(carrying: Carrying, claimed: Delivery, shared: Shared = newShared()): Promise<void> {
  for (const { row, message } of await begin(carrying, claimed, shared)) {
    const outcome = await hand(carrying, message, new AbortController().signal)
    await turn(carrying, [{ row, outcome }], [])
  }
}

/** Makes a claimed row's message and commits that its attempt begins: one, or none when it may not be sent. */
export const begin = async (carrying: Carrying, claimed: Delivery, shared: Shared = newShared()) =>
  turn(carrying, [], await prepare(carrying, shared, [claimed]))

/** Somebody who hears from us. */
export async function someSubscriber(
  { db }: Pick<TestDatabase, 'db'>,
  address: string,
  given: Partial<typeof subscribers.$inferInsert> = {},
) {
  const channel = address.startsWith('+') ? 'sms' : 'email'
  const [row] = await db
    .insert(subscribers)
    .values({ id: newId(), channel, address, addressKey: address, state: 'active', confirmedAt: START, ...given })
    .returning()
  return row!
}

/** A carrier to the test's SMTP server, with short waits. */
export const carrierTo = (smtp: Pick<TestSmtp, 'port'>, given: Partial<Parameters<typeof smtpCarrier>[0]> = {}) =>
  smtpCarrier(
    {
      server: { host: '127.0.0.1', port: smtp.port, secure: false, requireTls: false },
      login: null,
      connections: 2,
      perSecond: null,
      dkim: null,
      ...given,
    },
    { connect: 500, greeting: 500, dns: 500, silence: 500, attempt: 3_000 },
  )

/** A carrier to the test's Twilio, with a short wait. */
export const carrierToTwilio = (twilio: TestTwilio) =>
  twilioCarrier(
    {
      accountSid: twilio.accountSid,
      authToken: twilio.authToken,
      messagingServiceSid: `MG${'1'.repeat(32)}`,
      from: null,
      apiUrl: twilio.url,
      segmentsPerSecond: 1_000,
    },
    400,
  )

/** The announcement of an incident's newest update. */
export async function latestAnnouncement({ db }: Pick<TestDatabase, 'db'>, incidentId: string) {
  const [row] = await db
    .select({ id: announcements.id, updateId: announcements.updateId })
    .from(announcements)
    .innerJoin(updates, eq(updates.id, announcements.updateId))
    .where(and(eq(announcements.incidentId, incidentId), eq(announcements.kind, 'update')))
    .orderBy(desc(updates.seq))
    .limit(1)
  return row!
}

/** Ends every subscription. */
export const everybodyLeaves = ({ db }: Pick<TestDatabase, 'db'>) =>
  db.update(subscribers).set({ state: 'ended', endedAt: START })

/** A letter that says next to nothing. */
export const PLAIN_LETTER: Letter = {
  from: { name: 'x', address: 'x@example.com' },
  replyTo: null,
  threadId: null,
  subject: 'x',
  text: 'x',
  html: 'x',
  headers: {},
}
