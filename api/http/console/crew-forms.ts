import { changeIncident, changeIncidentInput } from '../../actions/change-incident.ts'
import { handOver, handOverInput } from '../../actions/hand-over.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { INCIDENT_ROLES } from '../../domain/role.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { versionIn } from './composer-fields.ts'
import { holdersOf } from './crew.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'

const shared = { door: 'page', tag: 'Console', method: 'POST', access: 'responder' } as const

export const crewRoutes = [
  route({
    ...shared,
    path: '/console/incidents/:id/handover',
    summary: 'Hands the command over, with a note',
    handle: passCommand,
  }),
  route({
    ...shared,
    path: '/console/incidents/:id/roles',
    summary: 'Says who holds which role in the incident',
    handle: assign,
  }),
]

async function passCommand(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const input = { to_person_id: form.to_person_id ?? '', note: form.note ?? '' }
  const done = await attempt(async () => handOver(acting, id, checked(handOverInput, input), versionIn(form)))
  if ('done' in done) return seeOther(`/console/incidents/${id}?notice=handed_over`)
  const typed = refusedForm(form, done.refused, (error) =>
    error.field === 'to_person_id' && form.to_person_id === ''
      ? { ...error, message: 'Choose who commands from now on.' }
      : error,
  )
  const screen = await roomScreen(call, await found(acting, id), { handingOver: typed })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}

/** Roles that stay as they are are no change. */
async function assign(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const holders = holdersOf(await found(acting, id))
  const asked = INCIDENT_ROLES.filter((role) => form[role] !== undefined).map((role) => [role, form[role] || null])
  const roles = Object.fromEntries(asked.filter(([role, holder]) => holders[role as keyof typeof holders] !== holder))
  const done = await attempt(async () =>
    Object.keys(roles).length === 0
      ? null
      : changeIncident(acting, id, checked(changeIncidentInput, { roles }), versionIn(form)),
  )
  if ('done' in done) return seeOther(`/console/incidents/${id}?notice=roles_changed`)
  const typed = refusedForm(form, done.refused, besideRole)
  const screen = await roomScreen(call, await found(acting, id), { assigning: typed })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}

const besideRole = (error: FieldError): FieldError => ({ ...error, field: error.field.replace(/^roles\./, '') })
