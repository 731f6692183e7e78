import { breakGlass, breakGlassInput } from '../../actions/break-glass.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { incidentOf } from './room-forms.ts'
import { roomScreen } from './room-screen.ts'

export const breakingGlassRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    access: 'responder',
    method: 'POST',
    path: '/console/incidents/:id/updates/:update/break-glass',
    summary: 'Lets an update go that waits for approval, without it',
    handle: breakIt,
  }),
]

async function breakIt(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const incident = await incidentOf(call)
  const updateId = idIn({ id: params.update ?? '' }, 'update')
  const input = { reason: form.reason ?? '' }
  const done = await attempt(async () => breakGlass(acting, incident.id, updateId, checked(breakGlassInput, input)))
  if ('done' in done) return seeOther(`/console/incidents/${incident.id}?notice=posted`)
  const screen = await roomScreen(call, incident, { breakingGlass: refusedForm(form, done.refused) })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}
