import { newId } from '../../../db/ids.ts'
import {
  componentsOfMaintenances,
  listMaintenances,
  type Maintenance,
  type MaintenanceState,
} from '../../../db/queries/maintenances.ts'
import { planMaintenance, planMaintenanceInput } from '../../actions/plan-maintenance.ts'
import type { MaintenanceRow } from '../../domain/maintenance-screens.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { componentChoices } from './component-choices.ts'
import { emptyForm, refusedForm } from './forms.ts'
import { besideFields, planInput, usualPlan } from './maintenance-fields.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/maintenance'
/** As many are listed of each kind. */
const MOST = 100
const shared = { door: 'page', tag: 'Console' } as const

export const maintenanceScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'viewer',
    summary: 'Planned work: under way, to come, and past',
    handle: list,
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${PATH}/new`,
    access: 'responder',
    summary: 'The form that plans maintenance',
    handle: (call) => screen(call, emptyForm(usualPlan), 200),
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/new`,
    access: 'responder',
    summary: 'Plans maintenance',
    handle: plan,
  }),
]

async function list(call: Call): Promise<Response> {
  const rows = async (state: MaintenanceState) =>
    maintenanceRows(call, await listMaintenances(call.acting.db, { state, limit: MOST }))
  const byTime = (of: 'from' | 'until') => (one: MaintenanceRow, other: MaintenanceRow) =>
    one[of].localeCompare(other[of])
  return show(call.world, 'console/maintenances', {
    shell: await shellOf(call),
    running: (await rows('active')).toSorted(byTime('until')),
    upcoming: (await rows('upcoming')).toSorted(byTime('from')),
    past: await rows('past'),
  })
}

/** Maintenances as the screens list them, in the order given. */
export async function maintenanceRows({ acting }: Call, rows: readonly Maintenance[]): Promise<MaintenanceRow[]> {
  const ids = rows.map(({ id }) => id)
  const components = await componentsOfMaintenances(acting.db, ids)
  return rows.map((row) => ({
    id: row.id,
    title: row.title,
    status: row.status,
    from: row.scheduledFor.toISOString(),
    until: row.scheduledUntil.toISOString(),
    components: (components.get(row.id) ?? []).map(({ name }) => name),
    recurs: row.rrule !== null,
  }))
}

async function plan(call: Call): Promise<Response> {
  const { acting, form } = call
  const done = await attempt(async () => planMaintenance(acting, checked(planMaintenanceInput, planInput(form))))
  if ('done' in done) return seeOther(`${PATH}/${done.done.id}?notice=maintenance_planned`)
  return screen(call, refusedForm(form, done.refused, besideFields(form)), statusOf(done.refused))
}

/** Each form carries a number of its own, so that pressing its button twice plans once. */
async function screen(call: Call, form: Form, status: number): Promise<Response> {
  const page = {
    shell: await shellOf(call),
    form: { ...form, values: { ...form.values, once: newId() } },
    groups: await componentChoices(call.acting.db),
  }
  return show(call.world, 'console/plan-maintenance', page, status)
}
