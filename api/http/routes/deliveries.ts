import { z } from 'zod'
import { ledgerCounts, ledgerRows, siteTargetStates } from '../../../db/queries/ledger.ts'
import { idSchema } from '../../actions/fields.ts'
import { CHANNELS, DELIVERY_STATES } from '../../domain/attempt.ts'
import { AUDIENCES } from '../../domain/audience.ts'
import { maskAddress } from '../../domain/mask.ts'
import { pageOf, pageQuery, positionOf } from '../paging.ts'
import { json, route } from '../route.ts'
import { found } from './incidents.ts'

const time = z.iso.datetime().nullable()
const deliveryAnswer = z.strictObject({
  id: z.string(),
  announcement_id: z.string(),
  update_id: z.string().nullable(),
  subscriber_id: z.string().nullable(),
  person_id: z.string().nullable(),
  audience: z.enum(AUDIENCES),
  channel: z.enum(CHANNELS),
  address: z.string(),
  state: z.enum(DELIVERY_STATES),
  code: z.string().nullable(),
  enhanced_code: z.string().nullable(),
  reason: z.string().nullable(),
  attempts: z.int(),
  provider_id: z.string().nullable(),
  queued_at: time,
  accepted_at: time,
  delivered_at: time,
  next_attempt_at: time,
  expires_at: time,
})
const boardAnswer = z.strictObject({
  counts: z.record(z.string(), z.record(z.string(), z.int())),
  page: z.strictObject({
    revision: z.int(),
    published_at: time,
    targets: z.array(z.strictObject({ name: z.string(), state: z.string() })),
  }),
  data: z.array(deliveryAnswer),
  next_cursor: z.string().nullable(),
})

type Row = Awaited<ReturnType<typeof ledgerRows>>[number]

const deliveryJson = (row: Row): z.infer<typeof deliveryAnswer> => ({
  id: row.id,
  announcement_id: row.announcementId,
  update_id: row.updateId,
  subscriber_id: row.subscriberId,
  person_id: row.personId,
  audience: row.audience,
  channel: row.channel,
  address: maskAddress(row.address),
  state: row.state,
  code: row.code,
  enhanced_code: row.enhancedCode,
  reason: row.reason,
  attempts: row.attempts,
  provider_id: row.providerId,
  queued_at: row.queuedAt.toISOString(),
  accepted_at: row.acceptedAt?.toISOString() ?? null,
  delivered_at: row.deliveredAt?.toISOString() ?? null,
  next_attempt_at: row.nextAttemptAt?.toISOString() ?? null,
  expires_at: row.expiresAt.toISOString(),
})

export const deliveryRoutes = [
  route({
    method: 'GET',
    path: '/incidents/:id/deliveries',
    door: 'api',
    access: 'responder',
    summary: 'Who was told, and what became of it; addresses are masked',
    tag: 'Deliveries',
    query: pageQuery.extend({
      update_id: idSchema.optional(),
      channel: z.enum(CHANNELS).optional(),
      state: z.enum(DELIVERY_STATES).optional(),
    }),
    answer: { status: 200, schema: boardAnswer },
    handle: async ({ acting, params, query }) => {
      const incident = await found(acting, params.id!)
      const filter = { incidentId: incident.id, updateId: query.update_id, channel: query.channel, state: query.state }
      const [queuedAt, id] = positionOf(query.cursor, ['time', 'id']) ?? []
      const after = queuedAt && id ? { queuedAt: new Date(queuedAt), id } : undefined
      const rows = await ledgerRows(acting.db, filter, { after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [row.queuedAt.toISOString(), row.id])
      const targets = await siteTargetStates(acting.db)
      const newest = targets.toSorted((one, other) => other.revision - one.revision)[0]
      return json(200, {
        counts: await ledgerCounts(acting.db, filter),
        page: {
          revision: newest?.revision ?? 0,
          published_at: newest?.publishedAt.toISOString() ?? null,
          targets: targets.map(({ name, state }) => ({ name, state })),
        },
        data: page.data.map(deliveryJson),
        next_cursor: page.next_cursor,
      })
    },
  }),
]
