import { retractIncident, retractIncidentInput } from '../../actions/retract-incident.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { versionIn } from './composer-fields.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, show } from './page.ts'
import { roomScreen } from './room-screen.ts'
import { backToRoom } from './spoken.ts'

export const retractionRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    method: 'POST',
    path: '/console/incidents/:id/retraction',
    access: 'responder',
    summary: 'Says that an incident was declared by mistake',
    handle: retract,
  }),
]

async function retract(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const input = { reason: form.reason ?? '', body: form.body ?? '', notify: form.notify === 'on' }
  const done = await attempt(async () =>
    retractIncident(acting, id, checked(retractIncidentInput, input), versionIn(form)),
  )
  if ('done' in done) return backToRoom(acting, id, 'retracted')
  const screen = await roomScreen(call, await found(acting, id), { retracting: refusedForm(form, done.refused) })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}
