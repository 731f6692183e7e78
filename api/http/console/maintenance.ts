import { componentIdsOf, type Maintenance, maintenanceById } from '../../../db/queries/maintenances.ts'
import { cancelMaintenance, cancelMaintenanceInput } from '../../actions/cancel-maintenance.ts'
import { changeMaintenance, changeMaintenanceInput } from '../../actions/change-maintenance.ts'
import { extendMaintenance, extendMaintenanceInput } from '../../actions/extend-maintenance.ts'
import { postMaintenanceUpdate, postMaintenanceUpdateInput } from '../../actions/post-maintenance-update.ts'
import type { MaintenanceForm } from '../../domain/maintenance-screens.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import type { Notice } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { versionIn } from './composer-fields.ts'
import { idIn, refusedForm, typed, utcTime } from './forms.ts'
import { besideFields, changeInput } from './maintenance-fields.ts'
import { maintenanceScreen } from './maintenance-screen.ts'
import { attempt, seeOther, show } from './page.ts'

const PATH = '/console/maintenance/:id'
const shared = { door: 'page', tag: 'Console', method: 'POST', access: 'responder' } as const

export const maintenanceFormRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'viewer',
    summary: 'One maintenance, what was told of it, and what one may do',
    handle: async (call) => show(call.world, 'console/maintenance', await maintenanceScreen(call, await found(call))),
  }),
  route({ ...shared, path: `${PATH}/updates`, summary: 'Says something about a maintenance', handle: post }),
  route({ ...shared, path: `${PATH}/extension`, summary: 'Gives a maintenance more time', handle: extend }),
  route({ ...shared, path: `${PATH}/facts`, summary: 'Changes a maintenance', handle: change }),
  route({ ...shared, path: `${PATH}/cancellation`, summary: 'Calls a maintenance off', handle: cancel }),
]

async function found({ acting, params }: Call): Promise<Maintenance> {
  const maintenance = await maintenanceById(acting.db, idIn(params, 'maintenance'))
  if (!maintenance) throw refuseMissing('maintenance')
  return maintenance
}

function post(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = { status: typed(form, 'status'), body: form.body ?? '' }
  return answer(call, 'posting', 'maintenance_posted', (id) =>
    postMaintenanceUpdate(acting, id, checked(postMaintenanceUpdateInput, input), versionIn(form)),
  )
}

function extend(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = { scheduled_until: utcTime(typed(form, 'scheduled_until')), body: form.body ?? '' }
  return answer(call, 'extending', 'maintenance_changed', (id) =>
    extendMaintenance(acting, id, checked(extendMaintenanceInput, input), versionIn(form)),
  )
}

function change(call: Call): Promise<Response> {
  const { acting, form } = call
  return answer(call, 'changing', 'maintenance_changed', async (id, present) => {
    const input = changeInput(form, present, await componentIdsOf(acting.db, id))
    return changeMaintenance(acting, id, checked(changeMaintenanceInput, input), versionIn(form))
  })
}

function cancel(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = { body: form.body ?? '', ...(form.whole_series === 'on' && { whole_series: true }) }
  return answer(call, 'cancelling', 'maintenance_cancelled', (id) =>
    cancelMaintenance(acting, id, checked(cancelMaintenanceInput, input), versionIn(form)),
  )
}

/** Does it, or shows the screen again with what was typed and what is wrong with it. */
async function answer(
  call: Call,
  which: MaintenanceForm,
  notice: Notice,
  work: (id: string, present: Maintenance) => Promise<unknown>,
): Promise<Response> {
  const present = await found(call)
  const done = await attempt(async () => work(present.id, present))
  if ('done' in done) return seeOther(`/console/maintenance/${present.id}?notice=${notice}`)
  const refused = { [which]: refusedForm(call.form, done.refused, besideFields(call.form)) }
  const screen = await maintenanceScreen(call, await found(call), refused)
  return show(call.world, 'console/maintenance', screen, statusOf(done.refused))
}
