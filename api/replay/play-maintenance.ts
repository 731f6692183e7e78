import type { Acting } from '../actions/acting.ts'
import { planMaintenance } from '../actions/plan-maintenance.ts'
import { postMaintenanceUpdate } from '../actions/post-maintenance-update.ts'
import { MINUTE, plus } from '../domain/duration.ts'
import type { MaintenanceHistory } from './history.ts'
import type { Told } from './told.ts'

/** Plays one update of a maintenance at its time: the first plans it, the others say what the file's hands did. */
export async function playMaintenance(
  acting: Acting,
  history: MaintenanceHistory,
  index: number,
  told: Told,
): Promise<void> {
  const body = told.words(history, index)
  if (index === 0) return plan(acting, history, told, body)
  const status = STATUS[history.updates[index]!.status]
  await postMaintenanceUpdate(acting, told.ids.get(history.id)!, { body, notify: false, ...(status && { status }) })
}

const STATUS = {
  scheduled: undefined,
  update: undefined,
  'in progress': 'in_progress',
  verifying: 'verifying',
  completed: 'completed',
} as const

/** A history does not say for when the work was planned; it is taken to have begun and ended as planned. */
async function plan(acting: Acting, history: MaintenanceHistory, told: Told, body: string): Promise<void> {
  const timeOf = (wanted: string) => history.updates.find(({ status }) => status === wanted)!.at
  const begins = timeOf('in progress')
  const ends = Math.max(timeOf('completed').getTime(), plus(begins, MINUTE).getTime())
  const planned = await planMaintenance(acting, {
    title: told.title(history),
    body,
    components: history.components.map((name) => told.components.get(name)!),
    scheduled_for: begins,
    scheduled_until: new Date(ends),
    time_zone: 'Etc/UTC',
    reminders: [],
    auto_start: false,
    auto_complete: false,
    notify: false,
  })
  told.ids.set(history.id, planned.id)
}
