import { z } from 'zod'
import { announcementsOf } from '../../../db/queries/announced.ts'
import { approvalOf } from '../../../db/queries/approvals.ts'
import { briefingsBesideUpdates } from '../../../db/queries/briefings.ts'
import { correctionsOf } from '../../../db/queries/corrections.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { approveUpdate } from '../../actions/approve-update.ts'
import { breakGlass, breakGlassInput } from '../../actions/break-glass.ts'
import { type PostBriefing, postBriefingInput, saidIn } from '../../actions/briefing-fields.ts'
import { correctUpdate, correctUpdateInput } from '../../actions/correct-update.ts'
import { postBriefing } from '../../actions/post-briefing.ts'
import { postUpdate, postUpdateInput } from '../../actions/post-update.ts'
import { recallUpdate } from '../../actions/recall-update.ts'
import { releaseUpdate } from '../../actions/release-update.ts'
import { reopenIncident, reopenIncidentInput } from '../../actions/reopen-incident.ts'
import { retractIncident, retractIncidentInput } from '../../actions/retract-incident.ts'
import { type FieldError, Refusal } from '../../domain/refusal.ts'
import { authorise } from '../authenticate.ts'
import { etagOf } from '../present/incident.ts'
import { previewAnswer, previewJson } from '../present/preview.ts'
import { updateAnswer, updateJson } from '../present/update.ts'
import { previewOf } from '../preview.ts'
import { json, noContent, route } from '../route.ts'
import type { World } from '../world.ts'
import { found } from './incidents.ts'

const tag = 'Incidents'
const fieldErrorAnswer = z.strictObject({ field: z.string(), code: z.string(), message: z.string() })

export const updateRoutes = [
  route({
    method: 'POST',
    path: '/incidents/:id/updates',
    door: 'api',
    access: 'responder',
    summary: 'Publish an update to everybody, or hold it first; only publishing resets the clock',
    tag,
    body: postUpdateInput.extend({ briefing: postBriefingInput.optional() }),
    answer: { status: 201, schema: updateAnswer.extend({ briefing_errors: z.array(fieldErrorAnswer).optional() }) },
    handle: async ({ world, acting, params, body: { briefing, ...said }, expectedVersion }) => {
      if (!briefing) return answerWith(acting, await postUpdate(acting, params.id!, said, expectedVersion))
      authorise(acting.actor, 'commander')
      saidIn(briefing)
      const update = await postUpdate(acting, params.id!, said, expectedVersion)
      return answerWith(acting, update, { more: await briefBeside(world, acting, update, briefing) })
    },
  }),
  route({
    method: 'DELETE',
    path: '/incidents/:id/updates/:uid',
    door: 'api',
    access: 'responder',
    summary: 'Recall a held update: outside it never existed',
    tag,
    answer: { status: 204 },
    handle: async ({ acting, params, expectedVersion }) => {
      await recallUpdate(acting, params.id!, params.uid!, expectedVersion)
      return noContent()
    },
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/updates/:uid/release',
    door: 'api',
    access: 'responder',
    summary: 'Let a held update go out before its time',
    tag,
    answer: { status: 200, schema: updateAnswer },
    handle: async ({ acting, params, expectedVersion }) =>
      answerWith(acting, await releaseUpdate(acting, params.id!, params.uid!, expectedVersion), { status: 200 }),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/updates/:uid/approval',
    door: 'api',
    access: 'responder',
    summary: 'Approve a held update as the second person; it goes out when its own hold is over',
    tag,
    answer: { status: 200, schema: updateAnswer },
    handle: async ({ acting, params, expectedVersion }) =>
      answerWith(acting, await approveUpdate(acting, params.id!, params.uid!, expectedVersion), { status: 200 }),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/updates/:uid/break-glass',
    door: 'api',
    access: 'responder',
    summary: 'Let an update go that waits for approval, without it and with a reason',
    tag,
    body: breakGlassInput,
    answer: { status: 200, schema: updateAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await breakGlass(acting, params.id!, params.uid!, body, expectedVersion), { status: 200 }),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/updates/preview',
    door: 'api',
    access: 'responder',
    summary: 'Show what each audience would get of an update; sends nothing, changes nothing',
    tag,
    body: postUpdateInput,
    answer: { status: 200, schema: previewAnswer },
    handle: async (call) =>
      json(200, previewJson(await previewOf(call, call.params.id!, call.body, call.expectedVersion))),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/updates/:uid/corrections',
    door: 'api',
    access: 'responder',
    summary: 'Correct a published update where everybody sees it; tells whoever was sent it, never resets the clock',
    tag,
    body: correctUpdateInput,
    answer: { status: 201, schema: updateAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await correctUpdate(acting, params.id!, params.uid!, body, expectedVersion)),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/retraction',
    door: 'api',
    access: 'responder',
    summary: 'Say that an incident was declared by mistake; nothing is deleted, its promises are void',
    tag,
    body: retractIncidentInput,
    answer: { status: 201, schema: updateAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await retractIncident(acting, params.id!, body, expectedVersion)),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/reopening',
    door: 'api',
    access: 'responder',
    summary: 'Open a resolved incident again, with words; its id stays',
    tag,
    body: reopenIncidentInput,
    answer: { status: 201, schema: updateAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await reopenIncident(acting, params.id!, body, expectedVersion)),
  }),
]

/** A briefing that cannot be posted takes nothing from the update beside it, which is out by now (standards C25). */
async function briefBeside(
  world: World,
  acting: Acting,
  { id, incidentId }: Update,
  briefing: PostBriefing,
): Promise<{ briefing_errors?: FieldError[] }> {
  try {
    await postBriefing(acting, incidentId, briefing, id)
    return {}
  } catch (error) {
    if (error instanceof Refusal) return { briefing_errors: error.errors }
    world.log.error({ error, update: id }, 'the briefing beside an update was not posted')
    return { briefing_errors: [{ field: '', code: 'failed', message: 'The briefing was not posted; post it again.' }] }
  }
}

async function answerWith(
  acting: Acting,
  update: Update,
  { status = 201, more = {} }: { status?: number; more?: object } = {},
): Promise<Response> {
  const announcements = await announcementsOf(acting.db, [update.incidentId])
  const corrections = (await correctionsOf(acting.db, [update.incidentId])).get(update.id) ?? []
  const briefing = (await briefingsBesideUpdates(acting.db, [update.incidentId])).get(update.id) ?? null
  const incident = await found(acting, update.incidentId)
  const answer = updateJson(update, {
    corrections,
    announcementId: announcements.get(update.id) ?? null,
    briefingId: briefing,
    approval: await approvalOf(acting.db, update.id),
  })
  return json(status, { ...answer, ...more }, { etag: etagOf(incident) })
}
