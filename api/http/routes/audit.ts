import { z } from 'zod'
import { type AuditEntry, auditEntries } from '../../../db/queries/audit.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { json, route } from '../route.ts'

const entryAnswer = z.strictObject({
  id: z.int(),
  at: z.iso.datetime(),
  actor: z.strictObject({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  action: z.string(),
  subject: z.strictObject({ kind: z.string(), id: z.string().nullable() }),
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  ip: z.string().nullable(),
})

const entryJson = (row: AuditEntry): z.infer<typeof entryAnswer> => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: { kind: row.actorKind, id: row.actorId, name: row.actorName },
  action: row.action,
  subject: { kind: row.subjectKind, id: row.subjectId },
  before: row.before,
  after: row.after,
  ip: row.ip,
})

export const auditRoutes = [
  route({
    method: 'GET',
    path: '/audit',
    door: 'api',
    access: 'admin',
    summary: 'Who did what, when and from where; append-only, newest first',
    tag: 'Operations',
    query: pageQuery,
    answer: { status: 200, schema: listOf(entryAnswer) },
    handle: async ({ acting, query }) => {
      const before = positionOf(query.cursor, ['number'])?.[0]
      const rows = await auditEntries(acting.db, { before: before ? Number(before) : null, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [String(row.id)])
      return json(200, { ...page, data: page.data.map(entryJson) })
    },
  }),
]
