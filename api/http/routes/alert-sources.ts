import { listSources } from '../../../db/queries/alert-drafts.ts'
import type { Acting } from '../../actions/acting.ts'
import { makeAlertSource, makeAlertSourceInput, revokeAlertSource } from '../../actions/make-alert-source.ts'
import type { AlertSourceKind } from '../../domain/draft.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { alertSourceAnswer, alertSourceJson, alertSourceOnceAnswer } from '../present/drafts.ts'
import { json, noContent, route } from '../route.ts'

const shared = { door: 'api', access: 'admin', tag: 'Alerts in' } as const

export const alertSourceRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/alert-sources',
    summary: 'List who may post alerts, without their keys',
    query: pageQuery,
    answer: { status: 200, schema: listOf(alertSourceAnswer) },
    handle: async ({ acting, query }) => {
      const after = positionOf(query.cursor, ['id'])?.[0]
      const page = pageOf(await listSources(acting.db, { after, limit: query.limit + 1 }), query.limit, (row) => [
        row.id,
      ])
      return json(200, { ...page, data: page.data.map(alertSourceJson) })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/alert-sources',
    summary: 'Let a system post alerts; its key and the address to post to are answered only here',
    body: makeAlertSourceInput,
    answer: { status: 201, schema: alertSourceOnceAnswer },
    handle: async ({ acting, body }) => {
      const { row, key } = await makeAlertSource(acting, body)
      return json(201, { ...alertSourceJson(row), key, url: hookUrl(acting, row.kind, key) })
    },
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/alert-sources/:id',
    summary: "End a source's key at once; its drafts stay",
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await revokeAlertSource(acting, params.id!)
      return noContent()
    },
  }),
]

/** Where a source posts its alerts, its key included. */
export const hookUrl = ({ urls }: Pick<Acting, 'urls'>, kind: AlertSourceKind, key: string): string =>
  `${urls.api}/hooks/alerts/${kind}?key=${key}`
