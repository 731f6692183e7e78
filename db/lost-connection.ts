import { setTimeout as pause } from 'node:timers/promises'

/** The server has gone, or lets nobody in yet; whether it has carried out what it was asked, nobody knows. */
const LOST = /^(CONNECTION_(CLOSED|DESTROYED)|CONNECT_TIMEOUT|ECONN\w+|EPIPE|ENOENT|57P0[123])$/
/** In milliseconds. */
const LOOK_AGAIN = 200

export function isConnectionLost(error: unknown): boolean {
  const { code, cause } = Object(error) as { code?: unknown; cause?: unknown }
  return LOST.test(String(code)) || (cause !== undefined && isConnectionLost(cause))
}

/**
 * Does `work`, and again after each lost connection until `within` milliseconds have passed or `signal` aborts. The work
 * must bear being done twice. Any other failure is thrown at once.
 */
export async function onceBack<Result>(
  work: () => Promise<Result>,
  within: number,
  signal: AbortSignal,
): Promise<Result> {
  const giveUp = performance.now() + within
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isConnectionLost(error) || signal.aborted || performance.now() > giveUp) throw error
    }
    await pause(LOOK_AGAIN)
  }
}
