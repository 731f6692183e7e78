import { keepText } from '../../actions/keep-draft.ts'
import { postUpdateInput } from '../../actions/post-update.ts'
import type { Preview } from '../../domain/preview.ts'
import { previewScreen } from '../../domain/preview-screen.ts'
import { checked } from '../input.ts'
import { previewOf } from '../preview.ts'
import type { Call } from '../route.ts'
import { contentSecurityPolicy } from '../security-headers.ts'
import { draftNameOf } from './composer.ts'
import { versionIn } from './composer-fields.ts'
import { emptyForm } from './forms.ts'
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
  return withFrames(page, done.done, world.urls.api)
}

/** Page and mail are shown as they are, locked in, with the styles they bring. */
async function withFrames(page: Response, { outside }: Preview, apiUrl: string): Promise<Response> {
  const framed = outside ? [outside.page.html, outside.email.html] : []
  const html = await page.clone().text()
  page.headers.set('content-security-policy', contentSecurityPolicy(html, { apiUrl, script: 'self', framed }))
  return page
}
