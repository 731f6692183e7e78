import { z } from 'zod'
import { allComponents, allGroups, componentById } from '../../../db/queries/components.ts'
import type { componentGroups } from '../../../db/schema.ts'
import { addComponent, addComponentInput } from '../../actions/add-component.ts'
import { archiveComponent, changeComponent, changeComponentInput } from '../../actions/change-component.ts'
import { addGroup, addGroupInput, archiveGroup, changeGroup, changeGroupInput } from '../../actions/group-components.ts'
import { COMPONENT_STATUSES } from '../../domain/component.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { json, noContent, route } from '../route.ts'

const time = z.iso.datetime()
const componentAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  group_id: z.string().nullable(),
  position: z.int(),
  status: z.enum(COMPONENT_STATUSES),
  start_date: z.iso.date().nullable(),
  only_show_if_degraded: z.boolean(),
  audience_ids: z.array(z.string()),
  archived_at: time.nullable(),
  created_at: time,
  updated_at: time,
})
const groupAnswer = z.strictObject({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  position: z.int(),
  archived_at: time.nullable(),
  created_at: time,
  updated_at: time,
})

type Row = Awaited<ReturnType<typeof allComponents>>[number]

const componentJson = (row: Row): z.infer<typeof componentAnswer> => ({
  id: row.id,
  name: row.name,
  description: row.description,
  group_id: row.groupId,
  position: row.position,
  status: row.shownStatus,
  start_date: row.startDate,
  only_show_if_degraded: row.onlyShowIfDegraded,
  audience_ids: row.audienceIds,
  archived_at: row.archivedAt?.toISOString() ?? null,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
})

const groupJson = (row: typeof componentGroups.$inferSelect): z.infer<typeof groupAnswer> => ({
  id: row.id,
  name: row.name,
  description: row.description,
  position: row.position,
  archived_at: row.archivedAt?.toISOString() ?? null,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
})

const tag = 'Components'
const shared = { door: 'api', tag } as const

export const componentRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/components',
    access: 'viewer',
    summary: 'List components in page order, each with the status it shows',
    query: pageQuery,
    answer: { status: 200, schema: listOf(componentAnswer) },
    handle: async ({ acting, query }) => {
      const [position, id] = positionOf(query.cursor, ['number', 'id']) ?? []
      const after = position && id ? { position: Number(position), id } : undefined
      const rows = await allComponents(acting.db, { after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [String(row.position), row.id])
      return json(200, { ...page, data: page.data.map(componentJson) })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/components',
    access: 'admin',
    summary: 'Add a component',
    body: addComponentInput,
    answer: { status: 201, schema: componentAnswer },
    handle: async ({ acting, body }) => {
      const { id } = await addComponent(acting, body)
      return json(201, componentJson((await componentById(acting.db, id))!))
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/components/:id',
    access: 'viewer',
    summary: 'One component',
    answer: { status: 200, schema: componentAnswer },
    handle: async ({ acting, params }) => {
      const row = await componentById(acting.db, params.id!)
      if (!row) throw refuseMissing('component')
      return json(200, componentJson(row))
    },
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: '/components/:id',
    access: 'admin',
    summary: 'Change a component; a status set by hand shows while no open incident holds it',
    body: changeComponentInput,
    answer: { status: 200, schema: componentAnswer },
    handle: async ({ acting, params, body }) => {
      await changeComponent(acting, params.id!, body)
      return json(200, componentJson((await componentById(acting.db, params.id!))!))
    },
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/components/:id',
    access: 'admin',
    summary: 'Archive a component; its history stays',
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await archiveComponent(acting, params.id!)
      return noContent()
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/component-groups',
    access: 'viewer',
    summary: 'List groups in page order',
    answer: { status: 200, schema: listOf(groupAnswer) },
    handle: async ({ acting }) => json(200, { data: (await allGroups(acting.db)).map(groupJson), next_cursor: null }),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/component-groups',
    access: 'admin',
    summary: 'Add a group',
    body: addGroupInput,
    answer: { status: 201, schema: groupAnswer },
    handle: async ({ acting, body }) => json(201, groupJson(await addGroup(acting, body))),
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: '/component-groups/:id',
    access: 'admin',
    summary: 'Change a group',
    body: changeGroupInput,
    answer: { status: 200, schema: groupAnswer },
    handle: async ({ acting, params, body }) => json(200, groupJson(await changeGroup(acting, params.id!, body))),
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/component-groups/:id',
    access: 'admin',
    summary: 'Archive an empty group',
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await archiveGroup(acting, params.id!)
      return noContent()
    },
  }),
]
