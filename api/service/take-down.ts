import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../log.ts'

/** Something that was started. */
export interface Started {
  /** For the log, should it not end. */
  name: string
  end(): Promise<unknown>
}

/** What may be taken down at the same time, and how long that may take, in milliseconds. */
export interface Stage {
  within: number
  started: Started[]
}

/** Milliseconds for all of it: a machine that shuts down, and a container's, kills after ten seconds (standards R23). */
const ALL_WITHIN = 8_500

/**
 * Takes down stage by stage, the last one first. What fails or does not end in its time (a database that does not answer,
 * mostly) is named in the log and left: whoever comes next takes up what it had in hand.
 */
export async function takeDown(stages: Stage[], log: Log): Promise<void> {
  const giveUp = performance.now() + ALL_WITHIN
  for (const { within, started } of stages.splice(0).reverse()) {
    const patience = Math.min(within, giveUp - performance.now())
    await Promise.all(started.map((each) => end(each, patience, log)))
  }
}

async function end({ name, end }: Started, within: number, log: Log): Promise<void> {
  const over = new AbortController()
  const late = pause(within, true, { signal: over.signal }).catch(() => false)
  const ended = end().then(
    () => false,
    (error: unknown) => {
      log.error({ error, part: name }, 'was not taken down')
      return false
    },
  )
  if (await Promise.race([ended, late])) log.warn({ part: name }, 'did not end in time and is left as it is')
  over.abort()
}
