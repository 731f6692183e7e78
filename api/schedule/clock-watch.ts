import type { Database } from '../../db/client.ts'
import { CLOCKS_MAY_DIFFER, secondsAhead } from '../clock.ts'
import { MINUTE } from '../domain/duration.ts'
import type { Log } from '../log.ts'
import type { Duty } from './loop.ts'

const EVERY = 10 * MINUTE

/**
 * Compares this machine's clock with the database's, and says when they disagree (standards R20): no promise depends on
 * it, but signatures of webhooks and certificates do. Each process looks after its own.
 */
export const clockWatch = (db: Database, machineNow: () => number, log: Log): Duty => ({
  name: 'clock watch',
  atMost: EVERY,
  async round() {
    const ahead = await secondsAhead(db, machineNow)
    if (Math.abs(ahead) > CLOCKS_MAY_DIFFER)
      log.warn(
        { seconds: Math.round(Math.abs(ahead)) },
        `this machine's clock is ${ahead > 0 ? 'behind' : 'ahead of'} the database's; set both by NTP`,
      )
    return EVERY
  },
})
