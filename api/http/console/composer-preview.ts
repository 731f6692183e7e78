import { currentPolicy } from '../../../db/queries/cadence.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { keepText } from '../../actions/keep-draft.ts'
import { type PostUpdate, postUpdateInput } from '../../actions/post-update.ts'
import { briefingPreviewView } from '../../domain/briefing-view.ts'
import { type PreviewScreen, previewScreen } from '../../domain/preview-screen.ts'
import { refuseConflict } from '../../domain/refusal.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { previewBeside, previewOf } from '../preview.ts'
import type { Call } from '../route.ts'
import { contentSecurityPolicy } from '../security-headers.ts'
import { approvalAhead } from './approval-ahead.ts'
import { formAlong, framesOf, previewAlong } from './briefings.ts'
import { draftNameOf } from './composer.ts'
import { versionIn } from './composer-fields.ts'
import { emptyForm } from './forms.ts'
import { withFrames } from './framed.ts'
import { attempt, show } from './page.ts'
import { composed, incidentOf, roomAgain } from './room-forms.ts'
import { roomScreen } from './room-screen.ts'

/**
 * The room with the previews above the text, which stays as it is and is kept; refused as the post would be. A briefing
 * that goes along is shown beside them; what is wrong with it holds up no preview of the update.
 */
export async function previewComposed(call: Call): Promise<Response> {
  const { acting, form, world } = call
  const incident = await incidentOf(call)
  const { input, place } = await composed(call, incident)
  const done = await attempt(() => together(call, incident, checked(postUpdateInput, input)))
  if ('refused' in done) return roomAgain(call, done.refused, place)
  await keepText(acting, draftNameOf(incident.id), form)
  const { preview, beside: along } = done.done
  const briefing = along && ('refused' in along ? 'refused' : briefingPreviewView(along.done))
  const seen = {
    composing: emptyForm(form),
    preview: previewScreen(preview, briefing),
    briefing: formAlong(call, along),
  }
  const screen = await roomScreen(call, incident, seen)
  const page = await show(
    world,
    'console/incident',
    screen,
    along && 'refused' in along ? statusOf(along.refused) : 200,
  )
  return withFrames(page, framesIn(seen.preview), world.urls.api)
}

/** Both as they would be sent: where the update goes out at once the briefing knows of it, else it is still to come. */
async function together(call: Call, incident: Incident, input: PostUpdate) {
  const { acting } = call
  const what = [call, incident.id, input, versionIn(call.form)] as const
  if (await leavesAtOnce(acting, incident, input))
    return previewBeside([...what], (inside) => previewAlong(call, inside, incident.id))
  return { preview: await previewOf(...what), beside: await previewAlong(call, acting, incident.id) }
}

/** Whether neither its author nor a second person's approval holds an update. */
async function leavesAtOnce(acting: Acting, incident: Incident, { hold, severity }: PostUpdate): Promise<boolean> {
  if (hold) return false
  const waits = await approvalAhead(acting, incident, await currentPolicy(acting.db))
  return (waits[severity ?? incident.severity]?.leavesAt ?? null) === null
}

const framesIn = ({ outside, briefing }: PreviewScreen): string[] => [
  ...(outside ? [outside.page.html, outside.email.html] : []),
  ...(briefing && briefing !== 'refused' ? framesOf(briefing) : []),
]

/** The incident's page by itself, as it would be: for a browser that shows no frames, and to see it in its own size. */
export async function pageAlone(call: Call): Promise<Response> {
  const { acting, form, world } = call
  const incident = await incidentOf(call)
  const { input, place } = await composed(call, incident)
  const done = await attempt(async () => {
    const { outside } = await previewOf(call, incident.id, checked(postUpdateInput, input), versionIn(form))
    if (!outside) throw refuseConflict('internal', 'The incident is internal: it has no public page.')
    return outside.page.html
  })
  if ('refused' in done) return roomAgain(call, done.refused, place)
  await keepText(acting, draftNameOf(incident.id), form)
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
  const policy = contentSecurityPolicy(done.done, { apiUrl: world.urls.api })
  return new Response(done.done, { headers: { ...headers, 'content-security-policy': policy } })
}
