import { announcementsOf } from '../../../db/queries/announced.ts'
import { correctionsOf } from '../../../db/queries/corrections.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { correctUpdate, correctUpdateInput } from '../../actions/correct-update.ts'
import { postUpdate, postUpdateInput } from '../../actions/post-update.ts'
import { recallUpdate } from '../../actions/recall-update.ts'
import { releaseUpdate } from '../../actions/release-update.ts'
import { reopenIncident, reopenIncidentInput } from '../../actions/reopen-incident.ts'
import { retractIncident, retractIncidentInput } from '../../actions/retract-incident.ts'
import { etagOf } from '../present/incident.ts'
import { previewAnswer, previewJson } from '../present/preview.ts'
import { updateAnswer, updateJson } from '../present/update.ts'
import { previewOf } from '../preview.ts'
import { json, noContent, route } from '../route.ts'
import { found } from './incidents.ts'

const tag = 'Incidents'

export const updateRoutes = [
  route({
    method: 'POST',
    path: '/incidents/:id/updates',
    door: 'api',
    access: 'responder',
    summary: 'Publish an update to everybody, or hold it first; only publishing resets the clock',
    tag,
    body: postUpdateInput,
    answer: { status: 201, schema: updateAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await postUpdate(acting, params.id!, body, expectedVersion)),
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
      answerWith(acting, await releaseUpdate(acting, params.id!, params.uid!, expectedVersion), 200),
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

async function answerWith(acting: Acting, update: Update, status = 201): Promise<Response> {
  const announcements = await announcementsOf(acting.db, [update.incidentId])
  const corrections = (await correctionsOf(acting.db, [update.incidentId])).get(update.id) ?? []
  const incident = await found(acting, update.incidentId)
  return json(status, updateJson(update, corrections, announcements.get(update.id) ?? null), { etag: etagOf(incident) })
}
