import { z } from 'zod'
import { type SuppressionFilter, suppressionRows } from '../../../db/queries/suppression-list.ts'
import type { Suppression } from '../../../db/queries/suppressions.ts'
import { liftSuppression } from '../../actions/lift-suppression.ts'
import { suppress, suppressInput } from '../../actions/suppress.ts'
import { parseAddress } from '../../domain/address.ts'
import { CHANNELS } from '../../domain/attempt.ts'
import { maskAddress } from '../../domain/mask.ts'
import { Refusal, refuseField } from '../../domain/refusal.ts'
import { SUPPRESSION_REASONS, SUPPRESSION_SOURCES } from '../../domain/suppression.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { type Call, json, noContent, route } from '../route.ts'

const suppressionAnswer = z.strictObject({
  id: z.string(),
  channel: z.enum(CHANNELS),
  /** Masked; null once its owner has been erased. */
  address: z.string().nullable(),
  reason: z.enum(SUPPRESSION_REASONS),
  source: z.enum(SUPPRESSION_SOURCES),
  code: z.string().nullable(),
  delivery_id: z.string().nullable(),
  created_at: z.iso.datetime(),
  lifted_at: z.iso.datetime().nullable(),
  lifted_by: z.string().nullable(),
})

const suppressionJson = (row: Suppression): z.infer<typeof suppressionAnswer> => ({
  id: row.id,
  channel: row.channel,
  address: row.addressKey && maskAddress(row.addressKey),
  reason: row.reason,
  source: row.source,
  code: row.code,
  delivery_id: row.deliveryId,
  created_at: row.createdAt.toISOString(),
  lifted_at: row.liftedAt?.toISOString() ?? null,
  lifted_by: row.liftedBy,
})

const listQuery = pageQuery.extend({
  state: z.enum(['in_force', 'lifted', 'all']).default('in_force'),
  channel: z.enum(CHANNELS).optional(),
  reason: z.enum(SUPPRESSION_REASONS).optional(),
  /** One address whole, with its channel: the way to ask about somebody who has been erased. */
  address: z.string().max(320).optional(),
})

/** Refuses an address without its channel, and one that cannot be one. */
function filterOf({ world }: Call, query: z.infer<typeof listQuery>): SuppressionFilter {
  const { state, channel, reason, address } = query
  if (address === undefined) return { state, channel, reason }
  if (!channel) throw refuseField('channel', 'required', 'Name the channel of the address as well.')
  const parsed = parseAddress(channel, address)
  if ('refused' in parsed) throw new Refusal('invalid', parsed.refused.message, [parsed.refused])
  return { state, channel, reason, address: { channel, key: parsed.key, secrets: world.secrets } }
}

const shared = { door: 'api', access: 'admin', tag: 'Subscriptions' } as const

export const suppressionRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/suppressions',
    summary: 'Addresses that nothing is sent to any more, and why; masked, newest first',
    query: listQuery,
    answer: { status: 200, schema: listOf(suppressionAnswer) },
    handle: async (call) => {
      const { acting, query } = call
      const [createdAt, id] = positionOf(query.cursor, ['time', 'id']) ?? []
      const after = createdAt && id ? { createdAt: new Date(createdAt), id } : undefined
      const rows = await suppressionRows(acting.db, filterOf(call, query), { after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [row.createdAt.toISOString(), row.id])
      return json(200, { ...page, data: page.data.map(suppressionJson) })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/suppressions',
    summary: 'Suppresses an address by hand',
    body: suppressInput,
    answer: { status: 201, schema: suppressionAnswer },
    handle: async ({ acting, body }) => json(201, suppressionJson(await suppress(acting, body))),
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/suppressions/:id',
    summary: 'Lifts a suppression: the address may be sent to again',
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await liftSuppression(acting, params.id!)
      return noContent()
    },
  }),
]
