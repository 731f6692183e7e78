import type { Transaction } from '../../db/client.ts'
import { dueMaintenances, lockDueMaintenance, type Maintenance } from '../../db/queries/maintenances.ts'
import { wake } from '../../db/queries/wake.ts'
import { type ClockStep, dueSteps } from '../domain/maintenance.ts'
import type { Acting } from './acting.ts'
import { eachOnItsOwn } from './each-on-its-own.ts'
import {
  type MaintenanceColumns,
  moveMaintenance,
  publishMaintenance,
  tellMaintenance,
  wordsForStep,
} from './tell-maintenance.ts'

/**
 * Does for planned work what time does: reminds, starts, ends. One transaction each, since a maintenance takes components
 * and then the revision, and one that cannot be moved must not stop the others. Answers how many were moved.
 */
export const advanceMaintenance = async (acting: Acting): Promise<number> =>
  eachOnItsOwn(await dueMaintenances(acting.db), (id) => advanceOne(acting, id))

/** One that somebody else has in hand, or has moved meanwhile, is left to them. */
const advanceOne = (acting: Acting, id: string): Promise<number> =>
  acting.db.transaction(async (tx) => {
    const now = await acting.clock(tx)
    const due = await lockDueMaintenance(tx, id, now)
    if (!due) return 0
    const steps = dueSteps(due, due.nextStepAt!, now)
    const after = await takeSteps(tx, acting, due, steps, now)
    if (steps.some(({ step }) => step !== 'reminder')) await publishMaintenance(tx, [after], now)
    await wake(tx, 'cadence')
    return 1
  })

/** Of several steps at once, only the last is told; without any, the clock looks again when there is one. */
async function takeSteps(
  tx: Transaction,
  acting: Acting,
  due: Maintenance,
  steps: readonly ClockStep[],
  now: Date,
): Promise<Maintenance> {
  if (steps.length === 0) return moveMaintenance(tx, due, {}, now)
  let maintenance = due
  for (const step of steps) {
    const telling = {
      ...step,
      body: await wordsForStep(tx, acting, step.step, maintenance, now),
      notify: maintenance.notify && step === steps.at(-1),
    }
    ;({ maintenance } = await tellMaintenance(tx, acting, maintenance, telling, columnsFor(step, maintenance), now))
  }
  return maintenance
}

/** What the clock does late has its own time all the same: the work began and ended as it was planned to. */
function columnsFor({ step }: ClockStep, { scheduledFor, scheduledUntil }: Maintenance): MaintenanceColumns {
  switch (step) {
    case 'reminder':
      return {}
    case 'started':
      return { status: 'in_progress', startedAt: scheduledFor }
    case 'completed':
      return { status: 'completed', endedAt: scheduledUntil }
  }
}
