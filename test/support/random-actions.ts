import type { Acting } from '../../api/actions/acting.ts'
import { addComponent, addComponentInput } from '../../api/actions/add-component.ts'
import { advanceMaintenance } from '../../api/actions/advance-maintenance.ts'
import { cancelMaintenance, cancelMaintenanceInput } from '../../api/actions/cancel-maintenance.ts'
import { archiveComponent, changeComponent, changeComponentInput } from '../../api/actions/change-component.ts'
import { changeIncident, changeIncidentInput } from '../../api/actions/change-incident.ts'
import { changeMaintenance, changeMaintenanceInput } from '../../api/actions/change-maintenance.ts'
import { correctUpdate, correctUpdateInput } from '../../api/actions/correct-update.ts'
import { extendMaintenance, extendMaintenanceInput } from '../../api/actions/extend-maintenance.ts'
import {
  addGroup,
  addGroupInput,
  archiveGroup,
  changeGroup,
  changeGroupInput,
} from '../../api/actions/group-components.ts'
import { markLate } from '../../api/actions/mark-late.ts'
import { openIncident, openIncidentInput } from '../../api/actions/open-incident.ts'
import { planMaintenance, planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { planOccurrences } from '../../api/actions/plan-occurrences.ts'
import { postMaintenanceUpdate, postMaintenanceUpdateInput } from '../../api/actions/post-maintenance-update.ts'
import { postUpdate, postUpdateInput } from '../../api/actions/post-update.ts'
import { reopenIncident, reopenIncidentInput } from '../../api/actions/reopen-incident.ts'
import { retractIncident, retractIncidentInput } from '../../api/actions/retract-incident.ts'
import { turnDay } from '../../api/actions/turn-day.ts'
import { COMPONENT_STATUSES } from '../../api/domain/component.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { SEVERITIES } from '../../api/domain/severity.ts'
import type { MovableClock } from './movable-clock.ts'
import { around, chanceOf, held, maybe, type Scene, STATUSES, some, standing, title, words } from './random-scene.ts'
import type { Chance } from './seeded.ts'

/** What people do, by name; each may be refused, as people are. The more often it stands there, the likelier it is. */
const ACTS: Record<string, (scene: Scene) => Promise<unknown>> = {
  open: (s) =>
    openIncident(
      s.acting,
      openIncidentInput.parse({
        title: title(s),
        severity: s.chance.oneOf(SEVERITIES),
        components: held(s),
        ...(chanceOf(s, 85) ? { body: words(s) } : {}),
        ...(chanceOf(s, 15) ? { visibility: 'internal' } : {}),
        ...maybe(s, { started_at: around(s, [-70, 0]) }),
      }),
    ),
  update: (s) =>
    postUpdate(
      s.acting,
      s.chance.oneOf(s.incidents),
      postUpdateInput.parse({ status: s.chance.oneOf(STATUSES), body: words(s), ...maybe(s, { components: held(s) }) }),
    ),
  resolve: (s) =>
    postUpdate(s.acting, s.chance.oneOf(s.incidents), postUpdateInput.parse({ status: 'resolved', body: words(s) })),
  correct: (s) => {
    const { id, incidentId } = s.chance.oneOf(s.updates)
    return correctUpdate(
      s.acting,
      incidentId,
      id,
      correctUpdateInput.parse({ body: words(s), reason: 'It was wrong.' }),
    )
  },
  reopen: (s) => reopenIncident(s.acting, s.chance.oneOf(s.incidents), reopenIncidentInput.parse({ body: words(s) })),
  retract: (s) =>
    retractIncident(
      s.acting,
      s.chance.oneOf(s.incidents),
      retractIncidentInput.parse({ body: words(s), reason: 'It was none.' }),
    ),
  'change incident': (s) =>
    changeIncident(
      s.acting,
      s.chance.oneOf(s.incidents),
      changeIncidentInput.parse({
        ...maybe(s, { title: title(s) }),
        ...maybe(s, { started_at: around(s, [-100, 0]) }),
        ...maybe(s, { severity: s.chance.oneOf(SEVERITIES), severity_reason: 'It looks otherwise.' }),
        ...(chanceOf(s, 10) ? { visibility: 'public' } : {}),
      }),
    ),
  'add component': (s) =>
    addComponent(
      s.acting,
      addComponentInput.parse({ name: title(s), ...maybe(s, { group_id: s.chance.oneOf([...s.groups, null]) }) }),
    ),
  'change component': (s) =>
    changeComponent(
      s.acting,
      s.chance.oneOf(s.parts),
      changeComponentInput.parse({
        ...maybe(s, { name: title(s) }),
        ...maybe(s, { position: s.chance.between(1, 9) }),
        ...maybe(s, { status: s.chance.oneOf(COMPONENT_STATUSES) }),
        ...maybe(s, { description: words(s) }),
        ...maybe(s, { group_id: s.chance.oneOf([...s.groups, null]) }),
        ...maybe(s, { only_show_if_degraded: chanceOf(s, 50) }),
        ...maybe(s, { start_date: around(s, [-100, 0]).slice(0, 10) }),
      }),
    ),
  archive: (s) => archiveComponent(s.acting, s.chance.oneOf(s.parts)),
  'add group': (s) => addGroup(s.acting, addGroupInput.parse({ name: title(s) })),
  'change group': (s) =>
    changeGroup(
      s.acting,
      s.chance.oneOf(s.groups),
      changeGroupInput.parse({ name: title(s), position: s.chance.between(1, 5) }),
    ),
  'archive group': (s) => archiveGroup(s.acting, s.chance.oneOf(s.groups)),
  plan: (s) => {
    const scheduled_for = around(s, [-1, 50])
    const scheduled_until = plus(new Date(scheduled_for), s.chance.between(1, 50) * HOUR).toISOString()
    const window = { scheduled_for, scheduled_until, ...(chanceOf(s, 20) ? { rrule: 'FREQ=WEEKLY' } : {}) }
    const fields = { title: title(s), body: words(s), components: some(s, s.parts), auto_start: chanceOf(s, 70) }
    return planMaintenance(s.acting, planMaintenanceInput.parse({ ...window, ...fields }))
  },
  'change maintenance': (s) =>
    changeMaintenance(
      s.acting,
      s.chance.oneOf(s.maintenances),
      changeMaintenanceInput.parse({
        ...maybe(s, { title: title(s) }),
        ...maybe(s, { components: some(s, s.parts) }),
        ...maybe(s, { scheduled_for: around(s, [-40, 5]), scheduled_until: around(s, [6, 50]) }),
      }),
    ),
  extend: (s) =>
    extendMaintenance(
      s.acting,
      s.chance.oneOf(s.maintenances),
      extendMaintenanceInput.parse({ scheduled_until: around(s, [1, 60]), body: words(s) }),
    ),
  'tell of maintenance': (s) =>
    postMaintenanceUpdate(
      s.acting,
      s.chance.oneOf(s.maintenances),
      postMaintenanceUpdateInput.parse({
        body: words(s),
        ...maybe(s, { status: s.chance.oneOf(['in_progress', 'verifying', 'completed']) }),
      }),
    ),
  'cancel maintenance': (s) =>
    cancelMaintenance(
      s.acting,
      s.chance.oneOf(s.maintenances),
      cancelMaintenanceInput.parse({ body: words(s), ...(chanceOf(s, 30) ? { whole_series: true } : {}) }),
    ),
  'a while passes': (s) => pass(s, s.chance.between(1, 12 * 60) * MINUTE),
  'days pass': (s) => pass(s, s.chance.between(1, 9) * DAY),
  'the machine sleeps for weeks': (s) => pass(s, s.chance.between(20, 70) * DAY),
}

/** Time passes, and the clock's duties are done in an order that nobody chose. */
async function pass({ clock, acting, chance }: Scene, milliseconds: number): Promise<void> {
  await clock.advance(milliseconds)
  const left = [turnDay, markLate, advanceMaintenance, planOccurrences]
  while (left.length > 0) {
    const [duty] = left.splice(chance.between(0, left.length - 1), 1)
    await duty!(acting)
  }
}

const LIKELY = ['open', 'update', 'update', 'resolve', 'correct', 'plan', 'a while passes', 'days pass']

/** Does something that people or the clock do; answers its name, and whether it was refused. */
export async function actAtRandom(acting: Acting, clock: MovableClock, chance: Chance): Promise<string> {
  const scene = { ...(await standing(acting.db)), acting, clock, chance, now: await clock.now() }
  const name = chance.oneOf([...Object.keys(ACTS), ...LIKELY])
  await clock.advance(chance.between(1, 600) * 1000)
  try {
    await ACTS[name]!(scene)
    return name
  } catch (error) {
    if (error instanceof Refusal) return `${name} (${error.message})`
    throw error
  }
}
