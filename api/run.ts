import { setTimeout as pause } from 'node:timers/promises'
import type { Acting } from './actions/acting.ts'
import type { Config } from './config.ts'
import { makeLog } from './log.ts'
import { type Service, startService } from './service.ts'
import { explain, type StartPlan } from './start-failures.ts'

interface Run {
  /** Reads the settings; what is wrong with them is thrown. */
  config: () => Config
  seed?: (acting: Acting) => Promise<void>
  /** A further line to print once the doors are open. */
  ready?: () => string
  /** Tidies up when everything is down. */
  after?: () => Promise<void>
}

/** Runs the service until Ctrl-C or SIGTERM; what cannot start is told on one screen, exit 1. */
export async function runUntilSignal({ config: settings, seed, ready, after }: Run): Promise<void> {
  let plan: StartPlan | null = null
  try {
    const config = settings()
    plan = { ...config.listen, dataDir: config.data.folder }
    const log = makeLog(config.logLevel)
    for (const warning of config.warnings) log.warn(warning)
    const starting = startService(config, { log, ...(seed && { seed }) })
    stopOnSignal(starting, config.secrets.databaseUrl ? LAST_OF_START : null, after)
    const service = await starting
    if (service.setUpUrl) process.stdout.write(`Set up: ${service.setUpUrl}\n`)
    process.stdout.write(
      `Sitrep is ready: page ${config.urls.site}/ · console ${config.urls.api}/console\n${ready?.() ?? ''}`,
    )
  } catch (error) {
    process.stderr.write(explain(error, plan))
    await after?.()
    process.exit(1)
  }
}

/**
 * A start that waits for somebody else's database is given up after so many milliseconds: nothing would be left behind of
 * it. The database of our own is let finish its own start, which is bounded.
 */
const LAST_OF_START = 5_000

/** One Ctrl-C can arrive twice, from the terminal and handed on by npm: within this many milliseconds it counts once. */
const ONE_KEY_PRESS = 500

/**
 * Stops in reverse, from the first moment on: what is just starting is let finish, so that nothing stays half-started. A
 * second signal, given later, does not wait.
 */
function stopOnSignal(starting: Promise<Service>, startWithin: number | null, after: Run['after']): void {
  let since: number | null = null
  const stop = async (code: number) => {
    if (since !== null && performance.now() - since > ONE_KEY_PRESS) process.exit(1)
    if (since !== null) return
    since = performance.now()
    try {
      const givenUp = startWithin === null ? [] : [pause(startWithin, null)]
      const service = await Promise.race([starting, ...givenUp])
      await service?.stop()
      await after?.()
      process.exit(code)
    } catch (error) {
      process.stderr.write(explain(error))
      process.exit(1)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0))
  const lost = starting.then((service) => service.lost)
  lost.then(
    (reason) => {
      process.stderr.write(explain(reason))
      void stop(1)
    },
    () => {},
  )
}
