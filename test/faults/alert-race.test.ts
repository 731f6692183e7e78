import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { rungTime } from '../../api/domain/ladder.ts'
import { closeDatabase, type Database, openDatabase } from '../../db/client.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { untilNextDue } from '../../db/queries/due.ts'
import { alerts, announcements, siteChanges, updates } from '../../db/schema.ts'
import { actingAs, setUpNorthwind } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { chance } from '../support/seeded.ts'

/** The race of standards T0.11, with our own actions; posts fall where this number lets them. */
const SEED = 20_261_112
const SCANNERS = 12
const POSTERS = 8
const WATCHES = 4
const INCIDENTS = 40
const ROUNDS = 20
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const { db, connection, clock } = await testDatabase()
const open = (what: string, count: number): Database[] =>
  Array.from({ length: count }, (_, n) => openDatabase(connection, `${what} ${n}`, 1))
const scanners = open('scanner', SCANNERS)
const posters = open('poster', POSTERS)
const watches = open('watch', WATCHES)
afterAll(() => Promise.all([...scanners, ...posters, ...watches].map(closeDatabase)))

const acting = actingAs(db, clock)
const { between, oneOf } = chance(SEED)
const incidentIds: string[] = []
/** When each round began and ended, by the database's clock. */
const rounds: { began: Date; ended: Date }[] = []
const done = { fired: 0, marked: 0, overdue: [] as number[] }

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

/** As the service does it: what somebody else holds at this moment is looked at again soon. */
async function untilNothingIsDue(own: Database, look: () => Promise<number>): Promise<number> {
  let decided = 0
  do decided += await look()
  while (((await untilNextDue(own)) ?? 1) <= 0)
  return decided
}

/** Everybody at once: who posts, who looks for silence, who looks for broken promises. */
async function race(): Promise<void> {
  await clock.advance(between(5, 20) * 1000)
  const began = await clock.now()
  const posting = posters.map((own) => postUpdate(actingAs(own, clock), oneOf(incidentIds), { body: 'We are on it.' }))
  const scanning = scanners.map((own) => untilNothingIsDue(own, () => alertSilence(actingAs(own, clock))))
  const watching = watches.map((own) => untilNothingIsDue(own, () => markLate(actingAs(own, clock))))
  const [fired, marked] = await Promise.all([Promise.all(scanning), Promise.all(watching), Promise.all(posting)])
  rounds.push({ began, ended: await clock.now() })
  done.fired += sum(fired)
  done.marked += sum(marked)
  done.overdue.push(await leftUndecided(began))
}

/** Incidents of which a rung, or the lateness, was due when the round began and is still undecided. */
async function leftUndecided(began: Date): Promise<number> {
  const [row] = await db.execute<{ n: number }>(sql`
    select count(*)::int as n from incidents where next_rung_at <= ${began.toISOString()}::timestamptz
      or (next_update_due_at < ${began.toISOString()}::timestamptz and late_seq is distinct from deadline_seq)`)
  return row!.n
}

interface Promised {
  incidentId: string
  deadlineSeq: number
  lastSpokeAt: Date
  dueAt: Date
  /** When the update that answered it was committed; null while it is open. */
  answeredAt: Date | null
}

/** Every promise of the run, from the updates alone. */
async function promises(): Promise<Promised[]> {
  const said = await db.select().from(updates)
  const answers = new Map(said.map((update) => [`${update.incidentId} ${update.answeredSeq}`, update]))
  return said.map((update) => ({
    incidentId: update.incidentId,
    deadlineSeq: update.answeredSeq + 1,
    lastSpokeAt: update.publishedAt!,
    dueAt: update.nextUpdateDueAt!,
    answeredAt: answers.get(`${update.incidentId} ${update.answeredSeq + 1}`)?.publishedAt ?? null,
  }))
}

const keyOf = ({ incidentId, deadlineSeq }: { incidentId: string; deadlineSeq: number }) =>
  `${incidentId} ${deadlineSeq}`

/** Whether a whole round has passed between `due` and the answer. */
const wasSeen = (due: Date, { answeredAt }: Promised): boolean => {
  const round = rounds.find(({ began }) => began >= due)
  return round !== undefined && (answeredAt === null || answeredAt > round.ended)
}

beforeAll(async () => {
  await setUpNorthwind(db)
  const policy = await currentPolicy(db)
  await changeCadence(acting, { ...policy, SEV1: { ...policy.SEV1, public: 'PT60S' } })
  for (let n = 0; n < INCIDENTS; n += 1)
    incidentIds.push((await openIncident(acting, { title: `Trouble ${n}`, severity: 'SEV1', body: 'We see it.' })).id)
  for (let n = 0; n < ROUNDS; n += 1) await race()
})

describe(`${SCANNERS} scanners, ${POSTERS} posters and ${WATCHES} watches at ${INCIDENTS} incidents`, () => {
  it('really race: many promises are kept, and many are not', async () => {
    const all = await promises()
    expect(all.filter(({ answeredAt }) => answeredAt !== null).length).toBeGreaterThan(ROUNDS)
    expect(done.fired).toBeGreaterThan(INCIDENTS)
    expect(done.marked).toBeGreaterThan(INCIDENTS)
  })

  it('alert nobody twice about one rung of one promise', async () => {
    const fired = await db.select().from(alerts)
    expect(new Set(fired.map((alert) => `${keyOf(alert)} ${alert.rung}`)).size).toBe(fired.length)
    expect(done.fired).toBe(fired.length)
    const told = (await db.select().from(announcements)).filter(({ kind }) => kind === 'alert')
    expect(told.map(({ alertId }) => alertId).sort()).toEqual(fired.map(({ id }) => id).sort())
  })

  it('alert nobody about a promise that has been answered', async () => {
    const answered = new Map((await promises()).map((promise) => [keyOf(promise), promise.answeredAt]))
    const stale = (await db.select().from(alerts)).filter((alert) => {
      const answeredAt = answered.get(keyOf(alert))
      return answeredAt && alert.firedAt > answeredAt
    })
    expect(stale).toEqual([])
  })

  it('miss no silence: what is due when everybody looks is decided, by that rung or a later one', async () => {
    expect(done.overdue).toEqual(rounds.map(() => 0))
    const { ladder } = (await currentPolicy(db)).SEV1
    const fired = Map.groupBy(await db.select().from(alerts), keyOf)
    const missed = (await promises()).flatMap((promise) =>
      ladder.filter((rung, index) => {
        const later = ladder.slice(index).map(({ name }) => name)
        const decided = fired.get(keyOf(promise))?.some((alert) => later.includes(alert.rung)) ?? false
        return wasSeen(rungTime(rung, promise), promise) && !decided
      }),
    )
    expect(missed).toEqual([])
  })

  it('tell the page once of each broken promise, and of no kept one', async () => {
    const all = await promises()
    const ended = rounds.at(-1)!.ended
    const broken = all.filter(({ dueAt, answeredAt }) => dueAt < (answeredAt ?? ended)).length
    const certain = all.filter((promise) => wasSeen(new Date(promise.dueAt.getTime() + 1), promise)).length
    expect(done.marked).toBeLessThanOrEqual(broken)
    expect(done.marked).toBeGreaterThanOrEqual(certain)
    const changes = (await db.select().from(siteChanges)).filter(({ topic }) => topic === 'incident').length
    expect(changes).toBe(all.length + done.marked)
  })
})
