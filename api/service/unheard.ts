import type { Database } from '../../db/client.ts'
import { hearsItself } from '../../db/queries/wake.ts'
import { UNHEARD } from '../domain/unheard.ts'
import type { Log } from '../log.ts'

/** Says once in the log when no NOTIFY arrives, so that nobody wonders why everything takes seconds. */
export async function warnIfUnheard(db: Database, log: Log): Promise<void> {
  const heard = await hearsItself(db).catch(() => true)
  if (!heard) log.warn(`${UNHEARD.text} ${UNHEARD.mend}`)
}
