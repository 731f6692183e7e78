import type { Database } from '../../db/client.ts'
import { ages } from '../../db/queries/health.ts'
import { heldRestore } from '../../db/queries/restores.ts'
import { MINUTE } from '../domain/duration.ts'
import { isLate, SCAN_MAY_REST } from '../domain/service-health.ts'
import type { Duty } from './loop.ts'

/** Milliseconds that a ping may take. */
const PATIENCE = 10_000

/**
 * Tells a watchman elsewhere (DEADMAN_URL) once a minute that silence would be noticed here; who hears nothing knows that
 * it would not (standards R17). Nothing is said while the cadence watch of no process goes round, and while a restored
 * database is held. `machineNow` is in milliseconds, for the pace alone.
 */
export function deadMan(db: Database, url: string, machineNow: () => number): Duty {
  let due = Number.NEGATIVE_INFINITY
  return {
    name: 'dead man',
    atMost: MINUTE,
    async round() {
      if (machineNow() < due) return due - machineNow()
      due = machineNow() + MINUTE
      const { cadenceScan } = await ages(db)
      const watched = cadenceScan !== null && !isLate(cadenceScan, SCAN_MAY_REST)
      if (watched && (await heldRestore(db)) === null) await ping(url)
      return MINUTE
    },
  }
}

async function ping(url: string): Promise<void> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE), redirect: 'error' })
  await answer.body?.cancel()
  if (!answer.ok) throw new Error(`DEADMAN_URL answered ${answer.status}.`)
}
