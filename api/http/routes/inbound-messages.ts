import { z } from 'zod'
import { type InboundMessage, inboundMessageRows } from '../../../db/queries/inbound-messages.ts'
import { CHANNELS } from '../../domain/attempt.ts'
import { KEPT_MEANINGS } from '../../domain/inbound.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { json, route } from '../route.ts'

const inboundMessageAnswer = z.strictObject({
  id: z.string(),
  channel: z.enum(CHANNELS),
  address: z.string(),
  body: z.string(),
  meaning: z.enum(KEPT_MEANINGS),
  received_at: z.iso.datetime(),
})

const inboundMessageJson = (row: InboundMessage): z.infer<typeof inboundMessageAnswer> => ({
  id: row.id,
  channel: row.channel,
  address: row.addressKey,
  body: row.body,
  meaning: row.meaning,
  received_at: row.receivedAt.toISOString(),
})

export const inboundMessageRoutes = [
  route({
    method: 'GET',
    path: '/inbound-messages',
    door: 'api',
    access: 'admin',
    tag: 'Subscriptions',
    summary:
      'Text messages that readers and staff sent us, newest first; those that no keyword explains are for a person to read',
    query: pageQuery.extend({ meaning: z.enum(KEPT_MEANINGS).default('unmatched') }),
    answer: { status: 200, schema: listOf(inboundMessageAnswer) },
    handle: async ({ acting, query: { cursor, limit, meaning } }) => {
      const [receivedAt, id] = positionOf(cursor, ['time', 'id']) ?? []
      const after = receivedAt && id ? { receivedAt: new Date(receivedAt), id } : undefined
      const rows = await inboundMessageRows(acting.db, meaning, { after, limit: limit + 1 })
      const page = pageOf(rows, limit, (row) => [row.receivedAt.toISOString(), row.id])
      return json(200, { ...page, data: page.data.map(inboundMessageJson) })
    },
  }),
]
