import { changeIncident, changeIncidentInput } from '../../actions/change-incident.ts'
import { postUpdate, postUpdateInput } from '../../actions/post-update.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { versionIn } from './composer-fields.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, show } from './page.ts'
import { roomScreen } from './room-screen.ts'
import { backToRoom } from './spoken.ts'

export const goingPublicRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    method: 'POST',
    path: '/console/incidents/:id/publication',
    access: 'responder',
    summary: 'Makes an internal incident public, with its first public words',
    handle: goPublic,
  }),
]

/** Public and spoken of in one transaction: an incident that customers may see has something to say to them. */
async function goPublic(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const done = await attempt(() =>
    acting.db.transaction(async (tx) => {
      const inside = { ...acting, db: tx }
      const facts = checked(changeIncidentInput, { visibility: 'public', title: form.title ?? '' })
      const words = checked(postUpdateInput, { body: form.body ?? '' })
      await changeIncident(inside, id, facts, versionIn(form))
      return postUpdate(inside, id, words)
    }),
  )
  if ('done' in done) return backToRoom(acting, id, 'made_public')
  const screen = await roomScreen(call, await found(acting, id), { goingPublic: refusedForm(form, done.refused) })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}
