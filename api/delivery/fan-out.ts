import type { Database, Transaction } from '../../db/client.ts'
import { concernOf, scopesOfIncident } from '../../db/queries/audience.ts'
import { policyOfVersion } from '../../db/queries/cadence.ts'
import {
  finishFanOut,
  moveCursor,
  takeAnnouncement,
  tellNextSubscribers,
  tellPeople,
} from '../../db/queries/fan-out.ts'
import { tellNextOfThoseTold } from '../../db/queries/fan-out-correction.ts'
import { tellNextOfWork } from '../../db/queries/fan-out-maintenance.ts'
import { reachOfRung } from '../../db/queries/rung-reach.ts'
import { type Announcement, toldAlert, toldUpdate } from '../../db/queries/told.ts'
import { concernOfWork, toldMaintenance } from '../../db/queries/told-maintenance.ts'
import { awaitNewReaders, takeTurns } from '../../db/queries/turns.ts'
import { wake } from '../../db/queries/wake.ts'
import type { Channel } from '../domain/attempt.ts'
import { DAILY, isDaily } from '../domain/daily.ts'

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
    case 'correction':
      return tellThoseTold(tx, announcement, channels)
    case 'maintenance':
      return tellOfWork(tx, announcement, channels)
    case 'alert':
      return tellStaff(tx, announcement, channels)
    case 'confirmation':
    case 'welcome':
    case 'test':
    case 'notice':
    case 'guard':
    case 'answer':
    case 'handover':
    case 'briefing':
    case 'briefing_alert':
    case 'decision_answer':
    case 'decision_reminder':
      throw new Error(`An announcement of kind ${announcement.kind} is born with its rows.`)
  }
}

async function tellSubscribers(
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<void> {
  if (announcement.fanOutCursor === '') await awaitNewReaders(tx)
  await takeTurns(tx, announcement.incidentId!)
  const { update } = await toldUpdate(tx, announcement.updateId!)
  await moveOn(tx, announcement, await tellNextSubscribers(tx, announcement, await concernOf(tx, update), channels))
}

/** A correction goes to whoever was sent what it corrects and may still hear it, and to nobody else. */
async function tellThoseTold(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  await takeTurns(tx, announcement.incidentId!)
  await moveOn(
    tx,
    announcement,
    await tellNextOfThoseTold(tx, announcement, await scopesOfIncident(tx, announcement.incidentId!), channels),
  )
}

async function tellOfWork(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  const told = await toldMaintenance(tx, announcement.maintenanceUpdateId!)
  await takeTurns(tx, told.maintenance.id)
  const concern = await concernOfWork(tx, told)
  await moveOn(tx, announcement, await tellNextOfWork(tx, announcement, told, concern, channels))
}

/** Notes how far it has come; without a last one there is nobody left. */
async function moveOn(tx: Transaction, announcement: Announcement, last: string | null): Promise<void> {
  if (last === null) await finishFanOut(tx, announcement.id)
  else await moveCursor(tx, announcement.id, last)
}

/** Finds who the rung reaches now; where its channels reach nobody, the fallback is told on any channel there is. */
async function tellStaff(tx: Transaction, announcement: Announcement, channels: readonly Channel[]): Promise<void> {
  const { alert, incident } = await toldAlert(tx, announcement.alertId!)
  const policy = await policyOfVersion(tx, incident.cadenceVersion)
  const { ladder } = policy[incident.severity]
  const rung = isDaily(alert.rung) ? DAILY : ladder.find((each) => each.name === alert.rung)
  const reach = await reachOfRung(
    tx,
    incident,
    rung ?? { to: ['fallback'], channels: [...channels] },
    policy.fallback,
    channels,
  )
  await tellPeople(tx, announcement, reach.people, reach.channels)
  await finishFanOut(tx, announcement.id)
}
