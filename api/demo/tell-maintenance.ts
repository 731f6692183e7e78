import type { Acting } from '../actions/acting.ts'
import { changeMaintenance } from '../actions/change-maintenance.ts'
import { planMaintenance } from '../actions/plan-maintenance.ts'
import { postMaintenanceUpdate } from '../actions/post-maintenance-update.ts'
import { MINUTE, plus } from '../domain/duration.ts'
import { atClock, idsOf, type Scene, whenWas } from './scene.ts'
import type { ToldMaintenance } from './story.ts'

/** Planned work, scene by scene. What is past is told silently; of what lies ahead, reminders and steps will be told. */
export function scenesOfMaintenance(told: ToldMaintenance, now: Date): Scene[] {
  const starts = atClock(told.starts.at, told.starts.days_ahead, now)
  let id = ''
  const planning: Scene = {
    at: whenWas(told.planned, now),
    async play(acting, components) {
      id = await plan(acting, told, starts, components)
    },
  }
  const steps = told.updates.map(
    ({ after, status, body }): Scene => ({
      at: plus(starts, after * MINUTE),
      play: async (acting) => void (await postMaintenanceUpdate(acting, id, { status, body, notify: false })),
    }),
  )
  const ahead: Scene = {
    at: now,
    play: async (acting) =>
      void (await changeMaintenance(acting, id, { auto_start: true, auto_complete: true, notify: true })),
  }
  return [planning, ...steps, ...(starts > now ? [ahead] : [])]
}

/** The clock does nothing for it while the story is told. */
async function plan(
  acting: Acting,
  told: ToldMaintenance,
  starts: Date,
  components: ReadonlyMap<string, string>,
): Promise<string> {
  const { id } = await planMaintenance(acting, {
    title: told.title,
    body: told.body,
    components: idsOf(components, told.components),
    scheduled_for: starts,
    scheduled_until: plus(starts, told.minutes * MINUTE),
    time_zone: 'Etc/UTC',
    ...(told.rrule === undefined ? {} : { rrule: told.rrule }),
    auto_start: false,
    auto_complete: false,
    notify: false,
  })
  return id
}
