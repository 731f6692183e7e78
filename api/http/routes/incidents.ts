import { z } from 'zod'
import { type Incident, incidentById, listIncidents } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { changeIncident, changeIncidentInput } from '../../actions/change-incident.ts'
import { instant } from '../../actions/fields.ts'
import { mergeIncident, mergeIncidentInput } from '../../actions/merge-incident.ts'
import { openIncident, openIncidentInput } from '../../actions/open-incident.ts'
import { KINDS } from '../../domain/lifecycle.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { etagOf, incidentAnswer, wholeIncident, wholeIncidents } from '../present/incident.ts'
import { json, route } from '../route.ts'

const listQuery = pageQuery.extend({
  state: z.enum(['open', 'resolved', 'all']).default('all'),
  kind: z.enum(KINDS).optional(),
  severity: z.enum(SEVERITIES).optional(),
  since: instant.optional(),
  until: instant.optional(),
})

const tag = 'Incidents'

export const incidentRoutes = [
  route({
    method: 'POST',
    path: '/incidents',
    door: 'api',
    access: 'responder',
    summary: 'Declare an incident; with a body, its first public update goes out at once',
    tag,
    body: openIncidentInput,
    answer: { status: 201, schema: incidentAnswer },
    handle: async ({ acting, body }) => answerWith(acting, await openIncident(acting, body), 201),
  }),
  route({
    method: 'GET',
    path: '/incidents',
    door: 'api',
    access: 'viewer',
    summary: 'List incidents, newest declaration first',
    tag,
    query: listQuery,
    answer: { status: 200, schema: listOf(incidentAnswer) },
    handle: async ({ acting, query }) => {
      const [declaredAt, id] = positionOf(query.cursor, ['time', 'id']) ?? []
      const after = declaredAt && id ? { declaredAt: new Date(declaredAt), id } : undefined
      const rows = await listIncidents(acting.db, { ...query, after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [row.declaredAt.toISOString(), row.id])
      const now = await acting.clock(acting.db)
      return json(200, { ...page, data: await wholeIncidents(acting.db, page.data, acting.urls.site, now) })
    },
  }),
  route({
    method: 'GET',
    path: '/incidents/:id',
    door: 'api',
    access: 'viewer',
    summary: 'One incident with its updates; its ETag goes into If-Match',
    tag,
    answer: { status: 200, schema: incidentAnswer },
    handle: async ({ acting, params }) => answerWith(acting, await found(acting, params.id!), 200),
  }),
  route({
    method: 'PATCH',
    path: '/incidents/:id',
    door: 'api',
    access: 'responder',
    summary: 'Change facts about an incident without an update; a raised severity tightens the promise',
    tag,
    body: changeIncidentInput,
    answer: { status: 200, schema: incidentAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await changeIncident(acting, params.id!, body, expectedVersion), 200),
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/merge',
    door: 'api',
    access: 'responder',
    summary: 'End an incident as part of another one, whose page its own leads to; tells nobody',
    tag,
    body: mergeIncidentInput,
    answer: { status: 200, schema: incidentAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await mergeIncident(acting, params.id!, body, expectedVersion), 200),
  }),
]

/** The incident, or a refusal that says there is none. */
export async function found(acting: Acting, id: string): Promise<Incident> {
  const incident = await incidentById(acting.db, id)
  if (!incident) throw refuseMissing('incident')
  return incident
}

async function answerWith(acting: Acting, incident: Incident, status: number): Promise<Response> {
  const now = await acting.clock(acting.db)
  const body = await wholeIncident(acting.db, incident, acting.urls.site, now)
  const location: Record<string, string> = status === 201 ? { location: `/api/v1/incidents/${incident.id}` } : {}
  return json(status, body, { etag: etagOf(incident), ...location })
}
