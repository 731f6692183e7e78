import { draftOf, dropDraft } from '../../../db/queries/drafts.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { postBriefingInput } from '../../actions/briefing-fields.ts'
import { keepText } from '../../actions/keep-draft.ts'
import { postBriefing } from '../../actions/post-briefing.ts'
import { briefingPart } from '../../domain/briefing-form.ts'
import type { BriefingPreview } from '../../domain/briefing-preview.ts'
import type { Refusal } from '../../domain/refusal.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { authorise } from '../authenticate.ts'
import { briefingPreviewOf } from '../briefing-preview.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { besideBriefing, besideField, briefingInput, briefingTyped, takesBriefing } from './briefing-fields.ts'
import { draftNameOf } from './composer.ts'
import { emptyForm, idIn, pressed, refusedForm } from './forms.ts'
import { withFrames } from './framed.ts'
import { type Attempt, attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'

export const briefingFormRoutes = [
  route({
    method: 'POST',
    path: '/console/incidents/:id/briefings',
    door: 'page',
    access: 'commander',
    summary: 'Briefs the executives with what the composer holds, or shows what that would be',
    tag: 'Console',
    handle: brief,
  }),
]

/** Whether a form was sent by one of the briefing's own buttons. */
export const speaksToExecutives = (form: Call['form']): boolean =>
  pressed(form, 'brief') || pressed(form, 'preview_briefing')

/** Briefs the executives alone, or shows what that would be, by whichever button was pressed. */
export async function brief(call: Call): Promise<Response> {
  if (pressed(call.form, 'preview_briefing')) return preview(call)
  const incident = await found(call.acting, idIn(call.params, 'incident'))
  const done = await attemptBriefing(call, incident.id, null)
  await keepRest(call, incident.id, 'refused' in done)
  if ('refused' in done) return roomWithBriefing(call, incident, done.refused)
  return seeOther(`/console/incidents/${incident.id}?notice=briefing_posted`)
}

/** The room with the briefing as executives would get it; all that was typed stays and is kept. */
async function preview(call: Call): Promise<Response> {
  const { acting, form, world } = call
  const incident = await found(acting, idIn(call.params, 'incident'))
  const done = await attempt(() => previewBriefingIn(call, acting, incident.id))
  await keepRest(call, incident.id, true)
  if ('refused' in done) return roomWithBriefing(call, incident, done.refused)
  const seen = { briefing: emptyForm(briefingTyped(form)), briefingPreview: done.done }
  const page = await show(world, 'console/incident', await roomScreen(call, incident, seen))
  return withFrames(page, framesOf(done.done), world.urls.api)
}

/** What executives would get of the briefing that a form holds, in the world that `acting` sees. */
export async function previewBriefingIn(
  { world, form }: Pick<Call, 'world' | 'form'>,
  acting: Acting,
  incidentId: string,
): Promise<BriefingPreview> {
  authorise(acting.actor, 'commander')
  return briefingPreviewOf({ world, acting }, incidentId, checked(postBriefingInput, briefingInput(form)))
}

/** The documents that a preview shows in frames. */
export const framesOf = ({ email }: Pick<BriefingPreview, 'email'>): string[] => (email ? [email.html] : [])

/** Posts the briefing that a form holds; beside a public update it is a transaction of its own (standards C25). */
const attemptBriefing = (call: Call, incidentId: string, updateId: string | null): Promise<Attempt<unknown>> =>
  attempt(async () => {
    authorise(call.acting.actor, 'commander')
    return postBriefing(call.acting, incidentId, checked(postBriefingInput, briefingInput(call.form)), updateId)
  })

/** What stands in the public composer stays a draft, and so does a briefing that was refused. */
async function keepRest(call: Call, incidentId: string, withBriefing: boolean): Promise<void> {
  const { acting, form } = call
  const fields = { ...besideBriefing(form), ...(withBriefing && briefingTyped(form)) }
  if (Object.keys(fields).length === 0) await dropDraft(acting.db, acting.actor.personId, draftNameOf(incidentId))
  else await keepText(acting, draftNameOf(incidentId), fields)
}

/** The room with what is wrong with the briefing; whatever came with it is said beside it. */
async function roomWithBriefing(call: Call, incident: Incident, refusal: Refusal): Promise<Response> {
  const briefing = refusedForm(briefingPart(call.form), refusal, besideField)
  const screen = await roomScreen(call, incident, { briefing })
  return show(call.world, 'console/incident', screen, statusOf(refusal))
}

/**
 * What becomes of the briefing that a public update was to take along, whether the update itself went out or not: neither
 * waits for the other. Answers the call as the rest of the form is to be treated, what is wrong with the briefing, and the
 * page to show when nothing else was refused.
 */
export async function briefAlong(
  call: Call,
  incidentId: string,
  update: Attempt<{ id: string }>,
): Promise<{ call: Call; briefing?: Form; refused: Response | null }> {
  const { form } = call
  if (!takesBriefing(form)) {
    if ('done' in update) await keepBriefing(call, incidentId)
    return { call, refused: null }
  }
  const done = await attemptBriefing(call, incidentId, 'done' in update ? update.done.id : null)
  if ('done' in done) return { call: { ...call, form: besideBriefing(form) }, refused: null }
  if ('refused' in update)
    return { call, briefing: refusedForm(briefingTyped(form), done.refused, besideField), refused: null }
  await keepBriefing(call, incidentId)
  const incident = await found(call.acting, incidentId)
  return { call, refused: await roomWithBriefing(call, incident, done.refused) }
}

/**
 * The briefing that a preview is to take along, as it would be sent: in the world that `acting` sees. Null where none goes
 * along.
 */
export const previewAlong = async (
  call: Call,
  acting: Acting,
  incidentId: string,
): Promise<Attempt<BriefingPreview> | null> =>
  takesBriefing(call.form) ? attempt(() => previewBriefingIn(call, acting, incidentId)) : null

/** The briefing's form as it was sent along, with what is wrong with it. */
export const formAlong = ({ form }: Call, along: Attempt<BriefingPreview> | null): Form | undefined => {
  if (along === null) return undefined
  return 'refused' in along
    ? refusedForm(briefingTyped(form), along.refused, besideField)
    : emptyForm(briefingTyped(form))
}

/** The update is out; the briefing typed beside it is not lost, nor what was kept of the update's own words. */
async function keepBriefing({ acting, form }: Call, incidentId: string): Promise<void> {
  const fields = briefingPart(form)
  if (Object.keys(fields).length === 0) return
  const kept = await draftOf(acting.db, acting.actor.personId, draftNameOf(incidentId))
  await keepText(acting, draftNameOf(incidentId), { ...besideBriefing(kept?.fields ?? {}), ...fields })
}
