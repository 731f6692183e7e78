import type { Log } from '../log.ts'

export interface Rounds {
  kick(): void
  /** Lets the round under way end and begins no other. */
  stop(): Promise<void>
}

/** Runs `round` when kicked, again and again while it answers true. A round that fails is logged; the next kick goes on. */
export function startRounds(log: Log, name: string, round: () => Promise<boolean>): Rounds {
  let stopped = false
  let again = false
  let running: Promise<void> | null = null
  const run = async () => {
    do {
      again = false
      while (!stopped && (await round()));
    } while (again && !stopped)
  }
  const kick = () => {
    if (stopped) return
    again = true
    running ??= run()
      .catch((error) => log.error(error, `${name} round failed`))
      .finally(() => {
        running = null
      })
  }
  kick()
  return {
    kick,
    async stop() {
      stopped = true
      await running
    },
  }
}
