import { z } from 'zod'
import { draftById, listDrafts } from '../../../db/queries/alert-drafts.ts'
import { dismissDraft } from '../../actions/declare-from-draft.ts'
import { DRAFT_STATES } from '../../domain/draft.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { draftAnswer, draftsJson } from '../present/drafts.ts'
import { json, route } from '../route.ts'

const shared = { door: 'api', tag: 'Alerts in' } as const
const draftQuery = pageQuery.extend({ state: z.enum([...DRAFT_STATES, 'all']).default('all') })

export const alertDraftRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/drafts',
    access: 'viewer',
    summary: 'List drafts that alerts made, newest first; an incident is declared from one with draft_id',
    query: draftQuery,
    answer: { status: 200, schema: listOf(draftAnswer) },
    handle: async ({ acting, query: { state, cursor, limit } }) => {
      const [createdAt, id] = positionOf(cursor, ['time', 'id']) ?? []
      const before = createdAt && id ? { createdAt: new Date(createdAt), id } : undefined
      const states = state === 'all' ? DRAFT_STATES : [state]
      const rows = await listDrafts(acting.db, { states, before, limit: limit + 1 })
      const page = pageOf(rows, limit, (row) => [row.createdAt.toISOString(), row.id])
      return json(200, { ...page, data: await draftsJson(acting.db, page.data) })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/drafts/:id/dismiss',
    access: 'responder',
    summary: 'Say that a draft is nothing to declare; later alerts of its group leave it dismissed until they end',
    answer: { status: 200, schema: draftAnswer },
    handle: async ({ acting, params }) => {
      await dismissDraft(acting, params.id!)
      const draft = await draftById(acting.db, params.id!)
      return json(200, (await draftsJson(acting.db, [draft!]))[0])
    },
  }),
]
