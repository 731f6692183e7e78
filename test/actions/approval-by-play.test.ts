import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { Acting } from '../../api/actions/acting.ts'
import { approveUpdate } from '../../api/actions/approve-update.ts'
import { breakGlass } from '../../api/actions/break-glass.ts'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { correctUpdate } from '../../api/actions/correct-update.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { recallUpdate } from '../../api/actions/recall-update.ts'
import { releaseDueUpdates } from '../../api/actions/release-update.ts'
import { reopenIncident } from '../../api/actions/reopen-incident.ts'
import { retractIncident } from '../../api/actions/retract-incident.ts'
import { MINUTE, plus, SECOND } from '../../api/domain/duration.ts'
import { BEFORE_THE_PROMISE, leavesAt } from '../../api/domain/hold.ts'
import { INCIDENT_STATUSES } from '../../api/domain/lifecycle.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { SEVERITIES } from '../../api/domain/severity.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { heldUpdateOf } from '../../db/queries/held-updates.ts'
import { incidentById, updatesOf } from '../../db/queries/incidents.ts'
import { announcements, approvals, holdingNotices, updates } from '../../db/schema.ts'
import { actingAs, actorFor, setUpNorthwind, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { setTerms } from '../support/holding.ts'

/** Plays of up to `STEPS` steps; the seed makes the same ones again. */
const RUNS = 100
const STEPS = 16
const SEED = 20_261_128
vi.setConfig({ testTimeout: 170_000 })

const WAIT = 7 * MINUTE
/** A scanner looks this often at least. */
const LOOK = SECOND

const { db, connection, clock } = await testDatabase()
const others = [1, 2].map((n) => openDatabase(connection, `scanner ${n}`, 1))
afterAll(() => Promise.all(others.map(closeDatabase)))
beforeAll(async () => {
  await setUpNorthwind(db)
  await setTerms(actingAs(db, clock), { approval: 'PT7M', holding_notice: true })
})

type Step =
  | { does: 'post'; status: (typeof INCIDENT_STATUSES)[number] }
  | { does: 'reopen' | 'retract' | 'correct' | 'approve' | 'break' | 'recall' }
  | { does: 'change'; severity: (typeof SEVERITIES)[number] }
  | { does: 'wait'; minutes: number; dies: boolean; nearly: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('post' as const), status: fc.constantFrom(...INCIDENT_STATUSES) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constantFrom('reopen', 'retract', 'correct', 'approve', 'break', 'recall') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('change' as const), severity: fc.constantFrom(...SEVERITIES) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      minutes: fc.integer({ min: 1, max: 20 }),
      dies: fc.boolean(),
      nearly: fc.boolean(),
    }),
  },
)
const play = fc.record({
  severity: fc.constantFrom('SEV1' as const, 'SEV2' as const),
  body: fc.boolean(),
  visibility: fc.constantFrom('public' as const, 'public' as const, 'internal' as const),
  steps: fc.array(step, { minLength: 4, maxLength: STEPS }),
})

/** What a scanner does when it looks. It may die before what it did is kept; another looks at the same moment. */
async function look(dies: boolean): Promise<void> {
  if (dies)
    await db
      .transaction(async (tx) => {
        const dying = { ...actingAs(db, clock), db: tx }
        await releaseDueUpdates(dying)
        await markLate(dying)
        throw new Error('killed')
      })
      .catch(() => {})
  await Promise.all(others.map((each) => releaseDueUpdates(actingAs(each, clock))))
  await Promise.all(others.map((each) => markLate(actingAs(each, clock))))
}

/** Time goes by; a scanner looks within a second of whatever is due. */
async function wait(id: string, { minutes, dies, nearly }: Step & { does: 'wait' }): Promise<void> {
  const due = (await incidentById(db, id))!.nextUpdateDueAt
  const now = await clock(db)
  const until = nearly && due !== null && due > now ? plus(due, -3 * SECOND) : plus(now, minutes * MINUTE)
  for (;;) {
    const { nextUpdateDueAt } = (await incidentById(db, id))!
    const held = await heldUpdateOf(db, id)
    const at = await clock(db)
    const moments = [held && leavesAt(held.releaseAt!, nextUpdateDueAt), nextUpdateDueAt && plus(nextUpdateDueAt, 1)]
    const next = moments.filter((moment) => moment !== null && plus(moment, LOOK) > at && moment <= until)
    if (next.length === 0) break
    await clock.set(plus(new Date(Math.min(...next.map((moment) => moment!.getTime()))), LOOK))
    await look(dies)
  }
  if ((await clock(db)) < until) await clock.set(until)
  await look(false)
}

async function act(id: string, by: Acting, second: Acting, step: Exclude<Step, { does: 'wait' }>): Promise<unknown> {
  const [newest] = await updatesOf(db, id)
  switch (step.does) {
    case 'post':
      return postUpdate(by, id, { body: 'A word.', status: step.status })
    case 'reopen':
      return reopenIncident(by, id, { body: 'It is back.' })
    case 'retract':
      return retractIncident(by, id, { body: 'None was.', reason: 'A probe failed.' })
    case 'correct':
      return newest && correctUpdate(by, id, newest.id, { body: `Better ${Math.random()}.`, reason: 'A word.' })
    case 'approve':
      return newest && approveUpdate(second, id, newest.id)
    case 'break':
      return newest && breakGlass(by, id, newest.id, { reason: 'It cannot wait.' })
    case 'recall':
      return newest && recallUpdate(by, id, newest.id)
    case 'change':
      return changeIncident(by, id, { severity: step.severity, severity_reason: 'So it is.', visibility: 'public' })
  }
}

const refused = (error: unknown): void => {
  if (!(error instanceof Refusal)) throw error
}

async function judge(id: string): Promise<void> {
  const said = (await updatesOf(db, id)).filter(({ state }) => state === 'published')
  const asked = new Map((await db.select().from(approvals)).map((approval) => [approval.updateId, approval]))
  for (const update of said) {
    const { createdAt, publishedAt, answeredDueAt, promiseKept, seq } = update
    // Late is only what was posted when its promise was as good as due: for that no approval was waited.
    if (promiseKept === false)
      expect([seq, createdAt >= plus(answeredDueAt!, -BEFORE_THE_PROMISE)]).toEqual([seq, true])
    expect([seq, publishedAt!.getTime() - createdAt.getTime() <= WAIT + LOOK]).toEqual([seq, true])
    const approval = asked.get(update.id)
    expect([seq, update.audience === 'internal' ? approval : approval?.outcome]).not.toEqual([seq, null])
    expect([seq, approval === undefined]).toEqual([seq, update.audience === 'internal'])
  }
  expect(said.map(({ seq }) => seq)).toEqual(said.map((_, index) => said.length - index))
  const notices = await db.select().from(holdingNotices).where(eq(holdingNotices.incidentId, id))
  expect(new Set(notices.map(({ afterSeq }) => afterSeq)).size).toBe(notices.length)
  for (const { id: noticeId, afterSeq, publishedAt: at } of notices) {
    expect(await db.$count(announcements, eq(announcements.holdingNoticeId, noticeId))).toBe(1)
    // It tells of a silence that goes on: what follows was said, and had been posted, after it.
    const next = said.find(({ seq }) => seq === afterSeq + 1)
    if (next) expect([afterSeq, next.createdAt >= at, next.publishedAt! >= at]).toEqual([afterSeq, true, true])
  }
}

it('whatever is said, approved, recalled and corrected, and whoever dies: approval makes no update late, and a silence has one notice', async () => {
  const [ada, bob] = [await somePerson(db, 'commander', 'Ada'), await somePerson(db, 'responder', 'Bob')]
  const [by, second] = [bob, ada].map((person) => actingAs(db, clock, actorFor(person)))
  await fc.assert(
    fc.asyncProperty(play, async ({ severity, body, visibility, steps }) => {
      const words = body ? { body: 'We look.' } : {}
      const { id } = await openIncident(by!, { title: 'Sign-in fails', severity, visibility, ...words })
      for (const each of steps) {
        if (each.does === 'wait') await wait(id, each)
        else await act(id, by!, second!, each).catch(refused)
      }
      await judge(id)
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  )
  // The plays come by all of it.
  for (const outcome of ['approved', 'glass_broken', 'lapsed'] as const)
    expect([outcome, await db.$count(approvals, eq(approvals.outcome, outcome))]).not.toEqual([outcome, 0])
  expect(await db.$count(holdingNotices)).toBeGreaterThan(5)
  expect(await db.$count(updates, eq(updates.state, 'recalled'))).toBeGreaterThan(5)
})
