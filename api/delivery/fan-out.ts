import type { Database, Transaction } from '../../db/client.ts'
import { concernOf } from '../../db/queries/audience.ts'
import { policyOfVersion } from '../../db/queries/cadence.ts'
import {
  finishFanOut,
  moveCursor,
  takeAnnouncement,
  takeTurns,
  tellNextSubscribers,
  tellPeople,
} from '../../db/queries/fan-out.ts'
import { peopleOfRung } from '../../db/queries/recipients.ts'
import { type Announcement, toldAlert, toldUpdate } from '../../db/queries/told.ts'
import { wake } from '../../db/queries/wake.ts'
import type { Channel } from '../domain/attempt.ts'

/**
 * One step of turning announcements into rows of the ledger: the next chunk of the most urgent one. False when nothing
 * waits. Several processes may do it at once, and any of them may die at any point: each step is one transaction.
 */
export const fanOutStep = (db: Database, channels: readonly Channel[]): Promise<boolean> =>
  db.transaction(async (tx) => {
    const announcement = await takeAnnouncement(tx)
    if (!announcement) return false
    await tell(tx, announcement, channels)
    await wake(tx, 'deliver')
    return true
  })

function tell(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  switch (announcement.kind) {
    case 'update':
      return tellSubscribers(tx, announcement, channels)
    case 'alert':
      return tellStaff(tx, announcement, channels)
    case 'confirmation':
    case 'welcome':
    case 'test':
      throw new Error(`An announcement of kind ${announcement.kind} is born with its rows.`)
  }
}

async function tellSubscribers(
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<void> {
  await takeTurns(tx, announcement.incidentId!)
  const { update } = await toldUpdate(tx, announcement.updateId!)
  const last = await tellNextSubscribers(tx, announcement, await concernOf(tx, update), channels)
  if (last === null) await finishFanOut(tx, announcement.id)
  else await moveCursor(tx, announcement.id, last)
}

/** Finds who the rung reaches now; where its channels reach nobody, the fallback is told on any channel there is. */
async function tellStaff(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  const { alert, incident } = await toldAlert(tx, announcement.alertId!)
  const policy = await policyOfVersion(tx, incident.cadenceVersion)
  const rung = policy[incident.severity].ladder.find((each) => each.name === alert.rung)
  const people = await peopleOfRung(tx, incident, rung?.to ?? ['fallback'], policy.fallback)
  const wanted = (rung?.channels ?? channels).filter((channel) => channels.includes(channel))
  const told = await tellPeople(tx, announcement, people, wanted)
  if (told === 0)
    await tellPeople(tx, announcement, await peopleOfRung(tx, incident, ['fallback'], policy.fallback), channels)
  await finishFanOut(tx, announcement.id)
}
