import { correctUpdate, correctUpdateInput } from '../../actions/correct-update.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { versionIn } from './composer-fields.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'

export const correctionRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    method: 'POST',
    path: '/console/incidents/:id/corrections/:update',
    access: 'responder',
    summary: 'Corrects a published update where everybody sees it',
    handle: correct,
  }),
]

async function correct(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const incidentId = idIn(params, 'incident')
  const updateId = idIn({ id: params.update ?? '' }, 'update')
  const input = { body: form.body ?? '', reason: form.reason ?? '', notify: form.notify === 'on' }
  const done = await attempt(async () =>
    correctUpdate(acting, incidentId, updateId, checked(correctUpdateInput, input), versionIn(form)),
  )
  if ('done' in done) return seeOther(`/console/incidents/${incidentId}?notice=corrected`)
  const correcting = { updateId, form: refusedForm(form, done.refused) }
  const screen = await roomScreen(call, await found(acting, incidentId), { correcting })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}
