import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { untilNextDue } from '../../db/queries/due.ts'
import { alerts, announcements, incidents, updates } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { openMany, setDeadlines } from '../support/many-open.ts'
import { chance } from '../support/seeded.ts'

/** Posts fall where this number lets them. */
const SEED = 20_261_128
const SCANNERS = 12
const POSTERS = 8
const DEADLINES = 2_000
const ROUNDS = 20
/** Milliseconds between two deadlines, and until the first. */
const APART = 25
const FIRST = 5_000
vi.setConfig({ testTimeout: 170_000, hookTimeout: 170_000 })

const { db, connection, clock } = await testDatabase()
const open = (what: string, count: number): Database[] =>
  Array.from({ length: count }, (_, n) => openDatabase(connection, `${what} ${n}`, 1))
const scanners = open('scanner', SCANNERS)
const posters = open('poster', POSTERS)
afterAll(() => Promise.all([...scanners, ...posters].map(closeDatabase)))

const { oneOf } = chance(SEED)
/** When each round began and ended, by the database's clock. */
const rounds: { began: Date; ended: Date }[] = []
let fired = 0

/** As the service does it: what somebody else holds at this moment is looked at again soon. */
async function untilNothingIsDue(own: Database): Promise<void> {
  do {
    await markLate(actingAs(own, clock))
    const alerted = await alertSilence(actingAs(own, clock))
    fired += alerted
  } while (((await untilNextDue(own)) ?? 1) <= 0)
}

/** The deadlines of this round come due, while some who promised speak. */
async function race(ids: readonly string[]): Promise<void> {
  await clock.advance((FIRST + DEADLINES * APART) / ROUNDS)
  const began = await clock.now()
  const posting = posters.map((own) => postUpdate(actingAs(own, clock), oneOf(ids), { body: 'We are on it.' }))
  await Promise.all([...posting, ...scanners.map(untilNothingIsDue)])
  rounds.push({ began, ended: await clock.now() })
}

interface Deadline {
  incidentId: string
  dueAt: Date
  /** When the first answer was committed; null where there was none. */
  answeredAt: Date | null
  /** When the alert at the deadline fired. */
  alertedAt: Date[]
}

async function outcome(due: ReadonlyMap<string, Date>): Promise<Deadline[]> {
  const answers = new Map(
    (await db.select().from(updates).where(eq(updates.answeredSeq, 2))).map((each) => [
      each.incidentId,
      each.publishedAt,
    ]),
  )
  const told = Map.groupBy(
    (await db.select().from(alerts)).filter(({ rung, deadlineSeq }) => rung === 'due' && deadlineSeq === 2),
    ({ incidentId }) => incidentId,
  )
  return [...due].map(([incidentId, dueAt]) => ({
    incidentId,
    dueAt,
    answeredAt: answers.get(incidentId) ?? null,
    alertedAt: (told.get(incidentId) ?? []).map(({ firedAt }) => firedAt),
  }))
}

let deadlines: Deadline[] = []

beforeAll(async () => {
  await openMany(db, DEADLINES)
  await setDeadlines(db, DEADLINES, { after: FIRST, apart: APART })
  const due = new Map((await db.select().from(incidents)).map(({ id, nextUpdateDueAt }) => [id, nextUpdateDueAt!]))
  const ids = [...due.keys()].sort()
  for (let n = 0; n < ROUNDS; n += 1) await race(ids)
  deadlines = await outcome(due)
})

describe(`${DEADLINES} deadlines, ${SCANNERS} scanners and ${POSTERS} posters`, () => {
  it('all come due, and some are answered', async () => {
    const [left] = await db.execute<{ n: number }>(
      sql`select count(*)::int as n from incidents where deadline_seq = 2 and next_rung_at <= sitrep_now()`,
    )
    expect(left!.n).toBe(0)
    expect(deadlines.every(({ dueAt }) => dueAt <= rounds.at(-1)!.began)).toBe(true)
    expect(deadlines.filter(({ answeredAt }) => answeredAt !== null).length).toBeGreaterThan(ROUNDS)
  })

  it('alert nobody twice', async () => {
    expect(deadlines.filter(({ alertedAt }) => alertedAt.length > 1)).toEqual([])
    const told = (await db.select().from(announcements)).filter(({ kind }) => kind === 'alert')
    expect(new Set(told.map(({ alertId }) => alertId)).size).toBe(told.length)
    expect(told.length).toBe(fired)
  })

  it('alert nobody about a promise that has been answered', () => {
    const stale = deadlines.filter(({ answeredAt, alertedAt }) => answeredAt && alertedAt.some((at) => at > answeredAt))
    expect(stale).toEqual([])
  })

  it('miss none: who has not spoken when everybody looks is alerted', () => {
    const missed = deadlines.filter(({ dueAt, answeredAt, alertedAt }) => {
      const round = rounds.find(({ began }) => began >= dueAt)!
      return (answeredAt === null || answeredAt > round.ended) && alertedAt.length === 0
    })
    expect(missed).toEqual([])
  })
})
