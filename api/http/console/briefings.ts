import { dropDraft } from '../../../db/queries/drafts.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import { postBriefingInput } from '../../actions/briefing-fields.ts'
import { keepText } from '../../actions/keep-draft.ts'
import { postBriefing } from '../../actions/post-briefing.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { statusOf } from '../answers.ts'
import { authorise } from '../authenticate.ts'
import { briefingPreviewOf } from '../briefing-preview.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { besideField, briefingInput, briefingPart, takesBriefing } from './briefing-fields.ts'
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
    handle: async (call) => {
      if (pressed(call.form, 'preview')) return preview(call)
      const incident = await found(call.acting, idIn(call.params, 'incident'))
      const done = await attemptBriefing(call, incident.id, null)
      await keepRest(call, incident.id, 'refused' in done)
      if ('refused' in done) return roomWithBriefing(call, incident, done.refused)
      return seeOther(`/console/incidents/${incident.id}?notice=briefing_posted`)
    },
  }),
]

/** The room with the briefing as executives would get it; all that was typed stays and is kept. */
async function preview(call: Call): Promise<Response> {
  const { acting, form, world } = call
  const incident = await found(acting, idIn(call.params, 'incident'))
  const done = await attempt(() =>
    briefingPreviewOf(call, incident.id, checked(postBriefingInput, briefingInput(form))),
  )
  await keepRest(call, incident.id, true)
  if ('refused' in done) return roomWithBriefing(call, incident, done.refused)
  const along: Record<string, string> = takesBriefing(form) ? { with_briefing: 'on' } : {}
  const seen = { briefing: emptyForm({ ...briefingPart(form), ...along }), briefingPreview: done.done }
  const page = await show(world, 'console/incident', await roomScreen(call, incident, seen))
  return withFrames(page, done.done.email ? [done.done.email.html] : [], world.urls.api)
}

/** Posts the briefing that a form holds; beside a public update it is a transaction of its own (standards C25). */
const attemptBriefing = (call: Call, incidentId: string, updateId: string | null): Promise<Attempt<unknown>> =>
  attempt(async () => {
    authorise(call.acting.actor, 'commander')
    return postBriefing(call.acting, incidentId, checked(postBriefingInput, briefingInput(call.form)), updateId)
  })

/** What stands in the public composer stays a draft, and so does a briefing that was refused. */
async function keepRest(call: Call, incidentId: string, withBriefing: boolean): Promise<void> {
  const { acting, form } = call
  const kept = Object.entries(form).filter(([name]) => withBriefing || !(name in briefingPart(form)))
  const { with_briefing: _, preview: __, ...fields } = Object.fromEntries(kept)
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
 * waits for the other. Answers the call as the rest of the form is to be treated, and the page to show when only the
 * briefing was refused.
 */
export async function briefAlong(
  call: Call,
  incidentId: string,
  update: Attempt<{ id: string }>,
): Promise<{ call: Call; refused: Response | null }> {
  const { form } = call
  if (!takesBriefing(form)) {
    if ('done' in update) await keepBriefing(call, incidentId)
    return { call, refused: null }
  }
  const done = await attemptBriefing(call, incidentId, 'done' in update ? update.done.id : null)
  const { with_briefing: _, ...fields } = form
  if ('done' in done) {
    const rest = Object.entries(fields).filter(([name]) => !(name in briefingPart(form)))
    return { call: { ...call, form: Object.fromEntries(rest) }, refused: null }
  }
  if ('refused' in update) return { call: { ...call, form: fields }, refused: null }
  await keepBriefing(call, incidentId)
  const incident = await found(call.acting, incidentId)
  return { call, refused: await roomWithBriefing(call, incident, done.refused) }
}

/** The update is out; the briefing typed beside it is not lost. */
async function keepBriefing({ acting, form }: Call, incidentId: string): Promise<void> {
  const fields = briefingPart(form)
  if (Object.keys(fields).length > 0) await keepText(acting, draftNameOf(incidentId), fields)
}
