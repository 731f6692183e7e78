import { channelHealth } from '../../db/queries/channel-health.ts'
import { type Ages, ages } from '../../db/queries/health.ts'
import { heldRestore } from '../../db/queries/restores.ts'
import type { World } from './world.ts'

export const CHECKS = ['database', 'publisher', 'queue', 'cadence_scan', 'mail', 'sms'] as const
export type Checks = Record<(typeof CHECKS)[number], string>

/** Longer than this without a round of the cadence watch and nobody would be alerted (standards R17). */
const SCAN_MAY_REST = 30
/** Longer than this from commit to file, or from queue to carrier, and something is stuck. */
const MAY_WAIT = 60

/**
 * What works, a word for each check: `ok`, or what is wrong. Ready means that a post would be kept and that somebody
 * would hear of silence: one failing carrier is told but leaves the other, two leave nobody, and a restored database
 * tells nobody anything until it is released.
 */
export async function healthOf(world: World): Promise<{ ready: boolean; checks: Checks }> {
  try {
    const { db } = world
    const [found, carriers, held] = await Promise.all([ages(db), channelHealth(db), heldRestore(db)])
    const checks: Checks = {
      database: 'ok',
      publisher: publisherWord(found),
      queue: held ? 'held: restored from a backup, waits for its release' : queueWord(found),
      cadence_scan: scanWord(found.cadenceScan),
      mail: carriers.email.state === 'ok' ? 'ok' : 'failing',
      sms: carriers.sms.state === 'ok' ? 'ok' : 'failing',
    }
    const mute = checks.mail !== 'ok' && checks.sms !== 'ok'
    const speaks = checks.publisher === 'ok' && checks.cadence_scan === 'ok' && !mute
    return { ready: speaks && held === null, checks }
  } catch (error) {
    world.log.warn({ error }, 'not ready: the database does not answer')
    const unknown = 'unknown'
    return {
      ready: false,
      checks: {
        database: 'failing',
        publisher: unknown,
        queue: unknown,
        cadence_scan: unknown,
        mail: unknown,
        sms: unknown,
      },
    }
  }
}

const late = (age: number | null, limit: number): boolean => age !== null && age > limit

const queueWord = ({ oldestWaiting }: Ages): string =>
  late(oldestWaiting, MAY_WAIT) ? `oldest waits ${Math.round(oldestWaiting!)} s` : 'ok'

const scanWord = (age: number | null): string => {
  if (age === null) return 'has not run yet'
  return late(age, SCAN_MAY_REST) ? `last ran ${Math.round(age)} s ago` : 'ok'
}

const publisherWord = ({ unpublished, failedTargets }: Ages): string => {
  if (failedTargets > 0) return 'failing'
  return late(unpublished, MAY_WAIT) ? `behind by ${Math.round(unpublished!)} s` : 'ok'
}
