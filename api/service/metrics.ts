import { eq } from 'drizzle-orm'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from '../../db/client.ts'
import { type Measures, measuresOf } from '../../db/queries/measures.ts'
import { announcements } from '../../db/schema.ts'
import { databaseClock } from '../clock.ts'
import type { Metrics } from '../http/world.ts'
import type { Log } from '../log.ts'
import type { Carried, Recorder } from '../recorder.ts'

/** What is read from the database serves every scrape of the next so many milliseconds. */
const FRESH = 1_000
/** Announcements whose time of birth is remembered. */
const REMEMBERED = 500
/** Seconds: one mail takes a fraction, a hundred thousand take minutes. */
const DELIVERY_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600]
const PUBLISH_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What this process measures of itself, and the way to tell it; contract section 9 fixes the names. */
export function openMetrics(db: Database, log: Log): Metrics & { record: Recorder } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const record = recorderOf(db, registry)
  const show = gaugesOf(registry)
  const measure = fresh(() =>
    measuresOf(db).catch((error: unknown) => {
      log.warn({ error }, 'the database was not measured')
      return null
    }),
  )
  return {
    record,
    contentType: registry.contentType,
    async scrape() {
      show(await measure())
      return registry.metrics()
    },
  }
}

/** Counts and times of what this process did; Prometheus adds up the processes. */
function recorderOf(db: Database, registry: Registry): Recorder {
  const registers = [registry]
  const settled = new Counter({
    name: 'sitrep_deliveries_total',
    help: 'How often this process brought a delivery into a state',
    labelNames: ['channel', 'state'],
    registers,
  })
  const latency = new Histogram({
    name: 'sitrep_delivery_latency_seconds',
    help: 'From the post to the moment at which the carrier took the message',
    labelNames: ['channel'],
    buckets: DELIVERY_BUCKETS,
    registers,
  })
  const lag = new Histogram({
    name: 'sitrep_publish_lag_seconds',
    help: 'From the commit of a public change to its files being in place',
    buckets: PUBLISH_BUCKETS,
    registers,
  })
  const postedAt = rememberPosts(db)
  /** Many are accepted at about the same time: the clock is asked once for all of them. */
  const accepted = together<Carried>(async (deliveries) => {
    const at = (await databaseClock(db)).getTime()
    for (const { announcementId, channel } of deliveries) {
      const posted = await postedAt(announcementId)
      if (posted) latency.observe({ channel }, Math.max(0, at - posted.getTime()) / 1000)
    }
  })
  return {
    settled(delivery, state) {
      settled.inc({ channel: delivery.channel, state })
      if (state === 'accepted') accepted(delivery)
    },
    published(changes) {
      const now = databaseClock(db)
      const observe = (placed: Date) => {
        for (const { at } of changes) lag.observe(Math.max(0, placed.getTime() - at.getTime()) / 1000)
      }
      now.then(observe, () => {})
    },
  }
}

/** Gathers what comes in one turn of the event loop. What fails is not measured. */
function together<T>(work: (things: readonly T[]) => Promise<void>): (thing: T) => void {
  let things: T[] = []
  return (thing) => {
    if (things.length === 0)
      setImmediate(() => {
        const gathered = things
        things = []
        work(gathered).catch(() => {})
      })
    things.push(thing)
  }
}

/** When things were announced; asked once for each, since thousands of deliveries share one. */
function rememberPosts(db: Database): (announcementId: string) => Promise<Date | undefined> {
  const known = new Map<string, Promise<Date | undefined>>()
  const ask = (id: string) =>
    db
      .select({ at: announcements.createdAt })
      .from(announcements)
      .where(eq(announcements.id, id))
      .then(([row]) => row?.at)
  return (id) => {
    const found = known.get(id) ?? ask(id)
    known.set(id, found)
    for (const [oldest] of known) if (known.size > REMEMBERED) known.delete(oldest)
    return found
  }
}

/** What the database knows for everybody; every process shows the same. Null: it does not answer. */
function gaugesOf(registry: Registry): (measures: Measures | null) => void {
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const up = gauge('sitrep_database_up', '1 while the database answers')
  const open = gauge('sitrep_open_incidents', 'Incidents that are not resolved', ['severity'])
  const overdue = gauge(
    'sitrep_update_overdue_seconds',
    'For how long the promised update is late; 0 while it is not',
    ['incident', 'severity'],
  )
  const oldest = gauge('sitrep_outbox_oldest_seconds', 'Age of the oldest delivery that could have gone out', [
    'channel',
  ])
  const scan = gauge('sitrep_cadence_scan_age_seconds', 'Since the cadence watch of any process last went round')
  const connections = gauge('sitrep_database_connections', "This process's connections to the database", ['state'])
  const alerts = new Counter({
    name: 'sitrep_alerts_total',
    help: 'Rungs of the silence ladder that alerted, over all processes',
    labelNames: ['rung'],
    registers: [registry],
  })
  return (measures) => {
    for (const each of [open, overdue, oldest, scan, connections, alerts]) each.reset()
    up.set(measures ? 1 : 0)
    if (!measures) return
    for (const [severity, count] of Object.entries(measures.openIncidents)) open.set({ severity }, count)
    for (const { incident, severity, overdue: late } of measures.promises) overdue.set({ incident, severity }, late)
    for (const [channel, age] of Object.entries(measures.oldest)) oldest.set({ channel }, age)
    for (const { rung, count } of measures.alerts) alerts.inc({ rung }, count)
    for (const { state, count } of measures.connections) connections.set({ state }, count)
    scan.set(measures.cadenceScan)
  }
}

/** Asks at most once in `FRESH` milliseconds, however many want to know. */
function fresh<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked = Number.NEGATIVE_INFINITY
  let answer: Promise<T>
  return () => {
    if (performance.now() - asked > FRESH) {
      asked = performance.now()
      answer = ask()
    }
    return answer
  }
}
