import { keepText } from '../../actions/keep-draft.ts'
import { postUpdateInput } from '../../actions/post-update.ts'
import { previewScreen } from '../../domain/preview-screen.ts'
import { checked } from '../input.ts'
import { previewOf } from '../preview.ts'
import type { Call } from '../route.ts'
import { draftNameOf } from './composer.ts'
import { versionIn } from './composer-fields.ts'
import { emptyForm } from './forms.ts'
import { withFrames } from './framed.ts'
import { attempt, show } from './page.ts'
import { composed, incidentOf, roomAgain } from './room-forms.ts'
import { roomScreen } from './room-screen.ts'

/** The room with the previews above the text, which stays as it is and is kept; refused as the post would be. */
export async function previewComposed(call: Call): Promise<Response> {
  const { acting, form, world } = call
  const incident = await incidentOf(call)
  const { input, place } = await composed(call, incident)
  const done = await attempt(() => previewOf(call, incident.id, checked(postUpdateInput, input), versionIn(form)))
  if ('refused' in done) return roomAgain(call, done.refused, place)
  await keepText(acting, draftNameOf(incident.id), form)
  const seen = { composing: emptyForm(form), preview: previewScreen(done.done) }
  const page = await show(world, 'console/incident', await roomScreen(call, incident, seen))
  const { outside } = done.done
  return withFrames(page, outside ? [outside.page.html, outside.email.html] : [], world.urls.api)
}
