import { makePolisher } from './polish.ts'
import { type Publication, type PublishJob, publish } from './publisher.ts'

export interface Publisher {
  /** Something has changed: publish as soon as the run in hand, if any, is done. */
  kick(): void
  /** Starts no further run; resolves when the one in hand is done. */
  stop(): Promise<void>
}

export interface PublishingOptions extends Omit<PublishJob, 'everything'> {
  /** How often to look without being woken, in milliseconds. */
  pollEvery?: number
  /** Told after every run, also when nothing changed: what the target holds may be another process's work. */
  onRun?: (publication: Publication) => void | Promise<void>
  /** Told of each file that has been compressed harder. */
  onPolished?: (path: string) => void
  /** Told of what nobody expects, such as a lost database; the next run tries again. */
  onTrouble?: (error: unknown) => void
}

const POLL = 5_000
/** Another publisher is at this target; what it reads may be older than what we were woken for. */
const WHILE_BUSY = 100
/** The longest pause between attempts while publishing fails. */
const SLOWEST_RETRY = 60_000

/** Keeps a target up to date, one run at a time: at once, whenever kicked, and on every poll; between runs it polishes. */
export function startPublisher({
  pollEvery = POLL,
  onRun,
  onPolished,
  onTrouble,
  ...job
}: PublishingOptions): Publisher {
  const bell = makeBell()
  const polisher = makePolisher({ db: job.db, target: job.target, onPolished: (path) => onPolished?.(path) })
  let stopped = false
  const run = async (): Promise<Publication['state']> => {
    try {
      await polisher.placed()
      const publication = await publish(job)
      polisher.add(publication.written)
      await onRun?.(publication)
      return publication.state
    } catch (error) {
      onTrouble?.(error)
      return 'failed'
    }
  }
  /** Whoever rings does not wait for a file that is being compressed. */
  const polishUntil = (rung: Promise<void>) => {
    let over = false
    void rung.then(() => {
      over = true
    })
    return Promise.race([rung, polisher.work(() => over || stopped).catch((error) => onTrouble?.(error))])
  }
  const keepUp = async () => {
    let failures = 0
    while (!stopped) {
      bell.hush()
      const state = await run()
      failures = state === 'failed' ? failures + 1 : 0
      const rung = stopped ? Promise.resolve() : bell.rung(pauseAfter(state, failures, pollEvery))
      if (state !== 'failed') await polishUntil(rung)
      await rung
    }
    await polisher.placed()
  }
  const done = keepUp()
  return {
    kick: bell.ring,
    stop() {
      stopped = true
      bell.ring()
      return done
    },
  }
}

/** Failing again and again doubles the pause; a new change is tried at once all the same. */
function pauseAfter(state: Publication['state'], failures: number, pollEvery: number): number {
  if (state === 'busy') return Math.min(WHILE_BUSY, pollEvery)
  return Math.min(pollEvery * 2 ** Math.max(0, failures - 1), Math.max(SLOWEST_RETRY, pollEvery))
}

/** Something to wait for that keeps a ring until it is hushed, so that none is lost while nobody waits. */
function makeBell() {
  let ringing = false
  let hear: (() => void) | null = null
  return {
    hush: () => {
      ringing = false
    },
    ring: () => {
      ringing = true
      hear?.()
    },
    rung: (atMost: number): Promise<void> =>
      ringing
        ? Promise.resolve()
        : new Promise((resolve) => {
            const timer = setTimeout(() => hear?.(), atMost)
            hear = () => {
              clearTimeout(timer)
              hear = null
              resolve()
            }
          }),
  }
}
