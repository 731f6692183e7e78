import { asc, eq, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeAll, expect, it, vi } from 'vitest'
import { acknowledge } from '../../api/actions/acknowledge-incident.ts'
import type { Acting } from '../../api/actions/acting.ts'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { reopenIncident } from '../../api/actions/reopen-incident.ts'
import { snooze } from '../../api/actions/snooze-alerts.ts'
import { MINUTE } from '../../api/domain/duration.ts'
import { INCIDENT_STATUSES } from '../../api/domain/lifecycle.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { alerts, announcements, incidents } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import {
  type Act,
  act,
  clock as clockOf,
  look,
  type Modelled,
  type ModelPolicy,
  moments,
  opened,
} from '../support/ladder-model.ts'

/** Runs of up to `STEPS` steps; the seed makes the same ones again. */
const RUNS = 40
const STEPS = 24
const SEED = 20_261_128
vi.setConfig({ testTimeout: 170_000 })

const { db, connection, clock } = await testDatabase()
const acting = actingAs(db, clock)

/** Ladders that differ, so that a change of severity is a change of ladder. */
const percent = (interval: number, share: number) => Math.round((share / 100) * interval)
const POLICY: ModelPolicy = {
  longestPause: 15,
  SEV1: {
    first: 5,
    open: 15,
    monitoring: 30,
    stages: (interval) => [
      ['reminder', percent(interval, -25)],
      ['due', 0],
      ['deputy', percent(interval, 33)],
      ['sponsor', percent(interval, 100)],
    ],
  },
  SEV2: {
    first: 5,
    open: 30,
    monitoring: 60,
    stages: () => [
      ['early', -4 * MINUTE],
      ['due', 0],
      ['late', 7 * MINUTE],
    ],
  },
  SEV3: { first: 15, open: 60, monitoring: 60, stages: () => [['due', 0]] },
  SEV4: { first: null, open: null, monitoring: null, stages: () => [['due', 0]] },
}

beforeAll(async () => {
  const policy = await currentPolicy(db)
  const rung = (name: string, at: string) => ({ name, at, to: ['commander' as const], channels: ['email' as const] })
  await changeCadence(acting, {
    ...policy,
    SEV2: { ...policy.SEV2, ladder: [rung('early', '-PT4M'), rung('due', '0%'), rung('late', '+PT7M')] },
    SEV3: { ...policy.SEV3, ladder: [rung('due', '0%')] },
    SEV4: { ...policy.SEV4, ladder: [rung('due', '0%')] },
  })
})

type Step =
  | { step: 'open'; severity: Severity; words: boolean }
  | { step: 'act'; on: number; act: Act }
  | { step: 'pass'; seconds: number; awake: boolean }
  | { step: 'die' }

const severity = fc.constantFrom(...SEVERITIES)
const minutes = fc.integer({ min: 1, max: 17 })
const anAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ do: fc.constant('update' as const), status: fc.constantFrom(...INCIDENT_STATUSES) }),
  fc.record({ do: fc.constant('reopen' as const) }),
  fc.record({ do: fc.constant('severity' as const), to: severity }),
  fc.record({ do: fc.constantFrom('acknowledge' as const, 'snooze' as const), minutes }),
  fc.record({ do: fc.constantFrom('acknowledge' as const, 'snooze' as const), minutes }),
)
const aStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ step: fc.constant('open' as const), severity, words: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ step: fc.constant('act' as const), on: fc.nat(), act: anAct }) },
  {
    weight: 7,
    arbitrary: fc.record({
      step: fc.constant('pass' as const),
      seconds: fc.oneof(fc.integer({ min: 1, max: 1200 }), fc.integer({ min: 1, max: 20_000 })),
      awake: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant('die' as const) }) },
)

/** One run: what people did, what the model says of it, and what really happened. */
class Run {
  now = Date.parse('2026-11-12T07:30:00.000Z')
  readonly modelled: Modelled[] = []
  readonly ids: string[] = []

  async begin(): Promise<void> {
    await clock.set(new Date(this.now))
    await this.open('SEV1', true)
  }

  async take(step: Step): Promise<void> {
    switch (step.step) {
      case 'open':
        return this.open(step.severity, step.words)
      case 'act':
        return this.act(step.on % this.ids.length, step.act)
      case 'pass':
        return step.awake ? this.watch(step.seconds * 1000) : this.move(this.now + step.seconds * 1000)
      case 'die':
        return this.die()
    }
  }

  async open(of: Severity, words: boolean): Promise<void> {
    const { id } = await openIncident(acting, {
      title: 'Trouble',
      severity: of,
      ...(words ? { body: 'We look into it.' } : {}),
    })
    this.ids.push(id)
    this.modelled.push(opened(POLICY, of, words, this.now))
  }

  async act(index: number, what: Act): Promise<void> {
    const done = await didIt(() => reallyAct(this.ids[index]!, what))
    expect(done, JSON.stringify(what)).toBe(act(POLICY, this.modelled[index]!, what, this.now))
  }

  async move(to: number): Promise<void> {
    this.now = to
    await clock.set(new Date(to))
  }

  look(): void {
    for (const each of this.modelled) look(POLICY, each, this.now)
  }

  /** The watch is awake: it looks at once, and whenever something is due. */
  async watch(length: number): Promise<void> {
    const end = this.now + length
    const ahead = this.modelled.flatMap((each) => moments(POLICY, each, end))
    const times = [this.now, ...ahead.filter((at) => at > this.now && at < end), end]
    for (const at of times.toSorted((one, other) => one - other)) {
      this.now = at
      this.look()
    }
    for (let due = await nextDue(); due !== null && due < end; due = await nextDue()) {
      await clock.set(new Date(Math.max(due, (await clock.now()).getTime())))
      await alertSilence(acting)
    }
    await clock.set(new Date(end))
    await alertSilence(acting)
  }

  /** A process dies with its round all but committed; another, with connections of its own, takes its place. */
  async die(): Promise<void> {
    await expect(alertSilence(dying)).rejects.toThrow('It died.')
    const fresh = openDatabase(connection, 'a fresh process', 1)
    await alertSilence(actingAs(fresh, clock)).finally(() => closeDatabase(fresh))
    this.look()
  }

  /** What each incident's people heard, and what became of its rungs under the present promise. */
  async outcome() {
    return Promise.all(this.ids.map(async (id) => ({ heard: await heardOf(id), told: await toldOf(id) })))
  }

  predicted() {
    return this.modelled.map(({ heard, told }) => ({ heard, told: Object.fromEntries(told) }))
  }

  /** Leaves nothing to watch for the next run. */
  async end(): Promise<void> {
    await db.update(incidents).set({ nextRungAt: null })
  }
}

const dying: Acting = {
  ...acting,
  db: {
    ...acting.db,
    transaction: (work) =>
      db.transaction(async (tx) => {
        await work(tx)
        throw new Error('It died.')
      }),
  },
}

async function reallyAct(id: string, what: Act): Promise<unknown> {
  switch (what.do) {
    case 'update':
      return postUpdate(acting, id, { status: what.status, body: 'We are on it.' })
    case 'reopen':
      return reopenIncident(acting, id, { body: 'It is back.' })
    case 'severity':
      return changeIncident(acting, id, { severity: what.to, severity_reason: 'It looks otherwise.' })
    case 'acknowledge':
      return acknowledge(acting, id, { for: what.minutes * MINUTE })
    case 'snooze':
      return snooze(acting, id, { for: what.minutes * MINUTE, reason: 'We type.' })
  }
}

async function didIt(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (error instanceof Refusal) return false
    throw error
  }
}

async function nextDue(): Promise<number | null> {
  const [row] = await db.execute<{ at: string | null }>(
    sql`select extract(epoch from min(next_rung_at)) * 1000 as at from incidents`,
  )
  return row!.at === null ? null : Number(row!.at)
}

async function heardOf(id: string): Promise<string[]> {
  const rows = await db
    .select({ seq: alerts.deadlineSeq, rung: alerts.rung, dueAt: alerts.dueAt, at: announcements.createdAt })
    .from(announcements)
    .innerJoin(alerts, eq(alerts.id, announcements.alertId))
    .where(eq(alerts.incidentId, id))
    .orderBy(asc(announcements.createdAt), asc(alerts.deadlineSeq))
  return rows.map(({ seq, rung, dueAt, at }) => `${seq} ${rung} due ${clockOf(+dueAt)} told ${clockOf(+at)}`)
}

async function toldOf(id: string): Promise<Record<string, string>> {
  const [incident] = await db.select().from(incidents).where(eq(incidents.id, id))
  const rows = await db.select().from(alerts).where(eq(alerts.incidentId, id))
  return Object.fromEntries(
    rows.filter(({ deadlineSeq }) => deadlineSeq === incident!.deadlineSeq).map(({ rung, state }) => [rung, state]),
  )
}

it(`alerts exactly as a plain model predicts, whatever people do and whenever processes die (${RUNS} runs)`, async () => {
  let alerted = 0
  await fc.assert(
    fc.asyncProperty(fc.array(aStep, { minLength: 4, maxLength: STEPS }), async (steps) => {
      const run = new Run()
      await run.begin()
      for (const step of steps) await run.take(step)
      await run.watch(1)
      const outcome = await run.outcome()
      await run.end()
      expect(outcome).toEqual(run.predicted())
      alerted += outcome.flatMap(({ heard }) => heard).length
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: false },
  )
  expect(alerted).toBeGreaterThan(RUNS)
})
