import { z } from 'zod'
import {
  announcementsOfMaintenances,
  listMaintenances,
  MAINTENANCE_STATES,
  type Maintenance,
  maintenanceById,
} from '../../../db/queries/maintenances.ts'
import type { Acting } from '../../actions/acting.ts'
import { cancelMaintenance, cancelMaintenanceInput } from '../../actions/cancel-maintenance.ts'
import { changeMaintenance, changeMaintenanceInput } from '../../actions/change-maintenance.ts'
import { extendMaintenance, extendMaintenanceInput } from '../../actions/extend-maintenance.ts'
import { instant } from '../../actions/fields.ts'
import { planMaintenance, planMaintenanceInput } from '../../actions/plan-maintenance.ts'
import { postMaintenanceUpdate, postMaintenanceUpdateInput } from '../../actions/post-maintenance-update.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { etagOf } from '../present/incident.ts'
import {
  maintenanceAnswer,
  maintenanceUpdateAnswer,
  maintenanceUpdateJson,
  wholeMaintenance,
  wholeMaintenances,
} from '../present/maintenance.ts'
import { json, route } from '../route.ts'

const listQuery = pageQuery.extend({
  state: z.enum(MAINTENANCE_STATES).default('all'),
  since: instant.optional(),
  until: instant.optional(),
})

const shared = { door: 'api', tag: 'Maintenance' } as const

export const maintenanceRoutes = [
  route({
    ...shared,
    method: 'POST',
    path: '/maintenances',
    access: 'responder',
    summary: 'Plan maintenance; it is announced, reminded of, started and ended by itself',
    body: planMaintenanceInput,
    answer: { status: 201, schema: maintenanceAnswer },
    handle: async ({ acting, body }) => answerWith(acting, await planMaintenance(acting, body), 201),
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/maintenances',
    access: 'viewer',
    summary: 'List maintenance, latest start first',
    query: listQuery,
    answer: { status: 200, schema: listOf(maintenanceAnswer) },
    handle: async ({ acting, query }) => {
      const [scheduledFor, id] = positionOf(query.cursor, ['time', 'id']) ?? []
      const after = scheduledFor && id ? { scheduledFor: new Date(scheduledFor), id } : undefined
      const rows = await listMaintenances(acting.db, { ...query, after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [row.scheduledFor.toISOString(), row.id])
      return json(200, { ...page, data: await wholeMaintenances(acting.db, page.data, acting.urls.site) })
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/maintenances/:id',
    access: 'viewer',
    summary: 'One maintenance with what was told of it; its ETag goes into If-Match',
    answer: { status: 200, schema: maintenanceAnswer },
    handle: async ({ acting, params }) => answerWith(acting, await found(acting, params.id!), 200),
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: '/maintenances/:id',
    access: 'responder',
    summary: 'Change a maintenance; a new window is told to everybody',
    body: changeMaintenanceInput,
    answer: { status: 200, schema: maintenanceAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await changeMaintenance(acting, params.id!, body, expectedVersion), 200),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/maintenances/:id/updates',
    access: 'responder',
    summary: 'Say something about a maintenance; with a status, start, verify or complete it by hand',
    body: postMaintenanceUpdateInput,
    answer: { status: 201, schema: maintenanceUpdateAnswer },
    handle: async ({ acting, params, body, expectedVersion }) => {
      const update = await postMaintenanceUpdate(acting, params.id!, body, expectedVersion)
      const announcements = await announcementsOfMaintenances(acting.db, [params.id!])
      const etag = etagOf(await found(acting, params.id!))
      return json(201, maintenanceUpdateJson(update, announcements.get(update.id) ?? null), { etag })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/maintenances/:id/extend',
    access: 'responder',
    summary: 'Give a maintenance more time, and say why',
    body: extendMaintenanceInput,
    answer: { status: 200, schema: maintenanceAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await extendMaintenance(acting, params.id!, body, expectedVersion), 200),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/maintenances/:id/cancel',
    access: 'responder',
    summary: 'Call a maintenance off, or with whole_series all that follow too',
    body: cancelMaintenanceInput,
    answer: { status: 200, schema: maintenanceAnswer },
    handle: async ({ acting, params, body, expectedVersion }) =>
      answerWith(acting, await cancelMaintenance(acting, params.id!, body, expectedVersion), 200),
  }),
]

/** The maintenance, or a refusal that says there is none. */
async function found(acting: Acting, id: string): Promise<Maintenance> {
  const maintenance = await maintenanceById(acting.db, id)
  if (!maintenance) throw refuseMissing('maintenance')
  return maintenance
}

async function answerWith(acting: Acting, maintenance: Maintenance, status: number): Promise<Response> {
  const body = await wholeMaintenance(acting.db, maintenance, acting.urls.site)
  const location: Record<string, string> = status === 201 ? { location: `/api/v1/maintenances/${maintenance.id}` } : {}
  return json(status, body, { etag: etagOf(maintenance), ...location })
}
