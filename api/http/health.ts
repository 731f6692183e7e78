import { channelHealth } from '../../db/queries/channel-health.ts'
import { type Ages, ages } from '../../db/queries/health.ts'
import { heldRestore } from '../../db/queries/restores.ts'
import { type HealthLine, healthLines, isLate, MAY_WAIT, SCAN_MAY_REST } from '../domain/service-health.ts'
import type { World } from './world.ts'

export const CHECKS = ['database', 'publisher', 'queue', 'cadence_scan', 'mail', 'sms'] as const
export type Checks = Record<(typeof CHECKS)[number], string>

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
    return { ready: false, checks: onlyDatabase('failing') }
  }
}

/** Where nothing is known but how it stands with the database. */
export function onlyDatabase(word: string): Checks {
  const unknown = 'unknown'
  return { database: word, publisher: unknown, queue: unknown, cadence_scan: unknown, mail: unknown, sms: unknown }
}

/** The same facts, a line for each thing that staff watch. */
export async function healthForStaff({ db, mailbox }: World): Promise<HealthLine[]> {
  const [{ failedTargets, unpublished, cadenceScan }, carriers] = await Promise.all([ages(db), channelHealth(db)])
  return healthLines({
    mail: { failingSince: carriers.email.since, mailbox: mailbox.email },
    sms: { failingSince: carriers.sms.since, mailbox: mailbox.sms },
    failedTargets,
    unpublished,
    cadenceScan,
  })
}

const queueWord = ({ oldestWaiting }: Ages): string =>
  isLate(oldestWaiting, MAY_WAIT) ? `oldest waits ${Math.round(oldestWaiting!)} s` : 'ok'

const scanWord = (age: number | null): string => {
  if (age === null) return 'has not run yet'
  return isLate(age, SCAN_MAY_REST) ? `last ran ${Math.round(age)} s ago` : 'ok'
}

const publisherWord = ({ unpublished, failedTargets }: Ages): string => {
  if (failedTargets > 0) return 'failing'
  return isLate(unpublished, MAY_WAIT) ? `behind by ${Math.round(unpublished!)} s` : 'ok'
}
