import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Connection, Database } from '../db/client.ts'
import { listen } from '../db/queries/wake.ts'
import { type Acting, SYSTEM } from './actions/acting.ts'
import { isSetUp, setUpToken } from './actions/set-up.ts'
import { databaseClock, machineNow } from './clock.ts'
import { isLoopback } from './config/urls.ts'
import type { Config } from './config.ts'
import type { Carriers } from './delivery/channel.ts'
import { startDelivery } from './delivery/start.ts'
import { olderThanDatabase } from './domain/older.ts'
import { openApp } from './http/app.ts'
import { trustedProxies } from './http/client-address.ts'
import { openIdentity } from './http/identity.ts'
import { openLimits } from './http/limits.ts'
import { openSite, type PublishedSite } from './http/site.ts'
import { openStandstill } from './http/standstill.ts'
import type { Screens, World } from './http/world.ts'
import type { Log } from './log.ts'
import { loadRenderer, type Renderer } from './publish/renderer.ts'
import { clockWatch } from './schedule/clock-watch.ts'
import { deadMan } from './schedule/dead-man.ts'
import { duties } from './schedule/duties.ts'
import { hubWatch } from './schedule/hub.ts'
import { type Duty, startLoop } from './schedule/loop.ts'
import { schemaWatch } from './schedule/schema-watch.ts'
import { keptSecret } from './secret.ts'
import { openCarriers, senderOf } from './service/carriers.ts'
import { type OpenedDatabase, openServiceDatabase } from './service/database.ts'
import { type Listener, listenOn } from './service/listen.ts'
import { openMetrics } from './service/metrics.ts'
import { startPublishers } from './service/publishers.ts'
import { openBounceReceiver, returnsOf } from './service/returns.ts'
import { type Stage, type Started, takeDown } from './service/take-down.ts'
import { warnIfUnheard } from './service/unheard.ts'
import { loadTemplates } from './templates.ts'

const ROOT = join(import.meta.dirname, '..')
/** Requests in hand get this long when the service stops, in milliseconds. */
const LAST_REQUESTS = 4_000
/** Milliseconds that each stage of the end may take; together less than ten seconds (standards R23). */
const WITHIN = { port: 500, database: 8_500, carriers: 500, work: 6_500 }

/** A running service. */
export interface Service {
  port: number
  /** The setup line's address while nobody has set up; else null. */
  setUpUrl: string | null
  /** Resolves with the reason when the service cannot go on by itself. */
  lost: Promise<Error>
  /** Takes everything down in reverse, within ten seconds, whoever does not answer. */
  stop(): Promise<void>
}

interface Options {
  log: Log
  /** Fills the database before the doors open (the demo). */
  seed?: (acting: Acting) => Promise<void>
  /** A database opened by somebody else (tests), instead of the one that the settings name. */
  database?: OpenedDatabase
  /** Name servers (`host:port`) that keys of mails are asked of, instead of the machine's own (tests). */
  nameServers?: readonly string[]
}

/**
 * Builds the world and starts it: port, database, site, carriers, loops, doors. What fails on the way takes down what
 * was started before it and is thrown.
 */
export async function startService(config: Config, { log, seed, database, nameServers }: Options): Promise<Service> {
  const { promise: lost, resolve: loseHope } = Promise.withResolvers<Error>()
  const stages: Stage[] = []
  const stop = () => takeDown(stages, log)
  try {
    const listener = await listenOn(config.listen.host, config.listen.port)
    const doors: Started = { name: 'doors', end: () => listener.close(LAST_REQUESTS) }
    stages.push({ within: WITHIN.port, started: [doors] })
    const secrets = await signingSecrets(config)
    const { db, connection, close } = database ?? (await openServiceDatabase(config, log, loseHope))
    stages.push({ within: WITHIN.database, started: [{ name: 'database', end: close }] })
    const world = await buildWorld(config, log, db, secrets, nameServers ?? null)
    const acting = actingOf(world)
    if (seed) await seed(acting)
    const carriers = config.roles.worker ? await openCarriers(config) : null
    const closing = Object.values(carriers ?? {}).map((carrier) => ({ name: carrier.name, end: () => carrier.close() }))
    stages.push({ within: WITHIN.carriers, started: closing })
    const work: Started[] = []
    stages.push({ within: WITHIN.work, started: work })
    await startWork(config, world, acting, connection, carriers, work)
    work.push({ name: 'bounce receiver', end: await openBounceReceiver(config, world) })
    listener.answerWith(openApp(world).fetch)
    work.push(doors)
    work.push(watchSchema(world, listener, doors, work))
    const setUpUrl = (await isSetUp(db)) ? null : `${config.urls.api}/setup?token=${setUpToken(secrets)}`
    return { port: listener.port, setUpUrl, lost, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/**
 * Stands still from the moment at which a newer version has changed the schema (standards R24): nothing is claimed, written
 * or published any more, and only the page is shown.
 */
function watchSchema(world: World, listener: Listener, doors: Started, work: Started[]): Started {
  const { db, log } = world
  const standStill = (changes: number) => {
    const reason = olderThanDatabase(changes)
    log.error({ changes }, reason)
    listener.answerWith(openStandstill(world, reason).fetch)
    const started = work.splice(0).filter((each) => each !== doors)
    const ended = takeDown([{ within: WITHIN.work, started }], log).then(() => log.warn('this process stands still'))
    work.push(doors, { name: 'what still worked', end: () => ended })
  }
  const watch = startLoop(schemaWatch(db, standStill), machineNow, (error) =>
    log.warn({ error }, 'the schema was not seen'),
  )
  return { name: watch.name, end: watch.stop }
}

/** The secrets set, or the one kept in the data folder. */
const signingSecrets = async ({ secrets, data }: Config): Promise<string[]> =>
  secrets.signing.length > 0 ? secrets.signing : [await keptSecret(data.folder)]

const actingOf = ({ db, clock, templates, secrets, urls, webhookAllow }: World): Acting => ({
  db,
  clock,
  templates,
  secrets,
  urls,
  webhookAllow,
  actor: SYSTEM,
})

/** The world, and what only publishers need of it. */
interface Rendering extends World {
  renderer: Renderer<Screens>
  published: PublishedSite
}

async function buildWorld(
  config: Config,
  log: Log,
  db: Database,
  secrets: readonly string[],
  nameServers: readonly string[] | null,
): Promise<Rendering> {
  const renderer = await loadRenderer<Screens>(ROOT)
  // A place that can never hold the page is found out now, and not at the first word that nobody can read.
  if (config.roles.web) await mkdir(config.data.site, { recursive: true })
  const published = openSite(config.data.site, { ...config.urls, hub: config.websubHub })
  const { record, ...metrics } = openMetrics(db, log)
  return {
    db,
    clock: databaseClock,
    log,
    record,
    templates: loadTemplates(join(ROOT, 'templates')),
    secrets,
    urls: config.urls,
    webhookAllow: config.webhookAllow,
    identity: openIdentity(db, config.urls, secrets[0]!),
    limits: openLimits(db),
    trusted: trustedProxies(config.trustedProxies),
    render: renderer.render,
    site: published,
    mailbox: { folder: config.data.mailbox, email: config.mail === null, sms: config.sms === null },
    smsSegmentsPerSecond: config.sms && config.smsRules.segmentsPerSecond,
    sending: {
      sender: senderOf(config),
      segmentsPerSecond: config.smsRules.segmentsPerSecond,
      smsCountries: config.smsRules.countries,
    },
    twilio: config.sms && { authToken: config.secrets.twilioAuthToken!, optOut: config.smsRules.optOut },
    metrics: { ...metrics, access: metricsAccess(config) },
    returns: returnsOf(config, nameServers),
    assets: renderer.publicDir,
    renderer,
    published,
  }
}

/**
 * Without a token this machine's own programs may read the metrics, and only while the service itself is reached on
 * loopback: behind a proxy everybody seems to be on this machine.
 */
function metricsAccess({ secrets: { metricsToken }, urls }: Config): World['metrics']['access'] {
  if (metricsToken !== null) return { token: metricsToken }
  return isLoopback(new URL(urls.api).hostname) ? 'loopback' : 'closed'
}

/** Starts the loops, and puts each where it is to be ended: publishing where pages are served, delivery and the duties where work is done. */
async function startWork(
  config: Config,
  world: Rendering,
  acting: Acting,
  connection: Connection,
  carriers: Carriers | null,
  work: Started[],
): Promise<void> {
  const { db, log, renderer, published, record } = world
  const publishers = startPublishers({
    config,
    connection,
    renderer,
    site: published,
    log,
    onPublished: record.published,
  })
  work.push({ name: 'publishers', end: publishers.stop })
  const { clock, templates, secrets, urls } = world
  const sending = { sender: world.sending.sender, smsCountries: config.smsRules.countries, random: Math.random, record }
  const delivery = carriers && startDelivery({ db, clock, log, templates, secrets, urls, carriers, ...sending })
  if (delivery) work.push({ name: 'delivery', end: delivery.stop })
  const watchman = config.deadmanUrl === null ? [] : [deadMan(db, config.deadmanUrl, machineNow)]
  const hub = config.websubHub === null ? [] : [hubWatch(db, config.websubHub, Math.random)]
  const startAll = (all: readonly Duty[]) =>
    (config.roles.worker ? all : []).map((duty) =>
      startLoop(duty, machineNow, (error) => log.error({ error, duty: duty.name }, 'a round failed')),
    )
  const loops = startAll([
    ...duties({ ...acting, record }, db, `${process.pid}`, carriers?.sms.news ?? null),
    ...watchman,
  ])
  const hubLoops = startAll(hub)
  const watch = startLoop(clockWatch(db, machineNow, log), machineNow, (error) =>
    log.warn({ error }, 'no time was told'),
  )
  work.push(...[watch, ...loops, ...hubLoops].map(({ name, stop }) => ({ name, end: stop })))
  const deaf = await listen(db, (what) => {
    if (what === 'cadence') for (const loop of loops) loop.kick()
    else if (what === 'hub') for (const loop of hubLoops) loop.kick()
    else if (what !== 'publish') delivery?.kick(what)
  })
  work.push({ name: 'listening', end: deaf })
  void warnIfUnheard(db, log)
  await publishers.served
}
