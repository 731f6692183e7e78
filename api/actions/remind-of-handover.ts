import type { Transaction } from '../../db/client.ts'
import { lockLongCommanded, queueHandover } from '../../db/queries/handover.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { HAND_OVER_AFTER } from '../domain/command.ts'
import { plus } from '../domain/duration.ts'
import type { Acting } from './acting.ts'

/** How many incidents one transaction takes; more are taken by the next. */
const BATCH = 100

/**
 * Reminds everybody who has commanded for an hour that it is time to hand over, once in each command (standards C17). What
 * promises nothing tires nobody, and no phone rings for it. The incident is locked, so two processes remind once. Answers
 * how many were reminded.
 */
export async function remindOfHandover(acting: Acting): Promise<number> {
  let all = 0
  let reminded = BATCH
  while (reminded === BATCH) {
    reminded = await acting.db.transaction((tx) => remindSome(tx, acting))
    all += reminded
  }
  return all
}

async function remindSome(tx: Transaction, acting: Acting): Promise<number> {
  const now = await acting.clock(tx)
  const due = await lockLongCommanded(tx, plus(now, -HAND_OVER_AFTER), BATCH)
  for (const { incident, commander } of due) {
    const text = `Reminded ${commander.name} to hand over.`
    const entry = await addToTimeline(tx, { incidentId: incident.id, at: now, kind: 'auto', text })
    await queueHandover(tx, incident, commander, entry, now)
  }
  return due.length
}
