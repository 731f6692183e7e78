import { mergeIncident, mergeIncidentInput } from '../../actions/merge-incident.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { versionIn } from './composer-fields.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'

export const mergingRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    method: 'POST',
    path: '/console/incidents/:id/merge',
    access: 'responder',
    summary: 'Ends an incident as part of another one',
    handle: merge,
  }),
]

/** Done, one stands in the room of the incident that goes on. */
async function merge(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const done = await attempt(async () =>
    mergeIncident(acting, id, checked(mergeIncidentInput, { into: form.into || undefined }), versionIn(form)),
  )
  if ('done' in done) return seeOther(`/console/incidents/${form.into}?notice=merged`)
  const screen = await roomScreen(call, await found(acting, id), { merging: refusedForm(form, done.refused) })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}
