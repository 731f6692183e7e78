import { z } from 'zod'
import { type LedgerScope, ledgerCounts, ledgerRows, siteTargetStates } from '../../../db/queries/ledger.ts'
import type { Acting } from '../../actions/acting.ts'
import { idSchema } from '../../actions/fields.ts'
import { retryDeliveries, retryDeliveriesInput } from '../../actions/retry-deliveries.ts'
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

const boardQuery = pageQuery.extend({
  update_id: idSchema.optional(),
  channel: z.enum(CHANNELS).optional(),
  state: z.enum(DELIVERY_STATES).optional(),
})

/** Contract section 4; what arrived or still goes out by itself is in neither count. */
const retryAnswer = z.strictObject({
  retried: z.int(),
  skipped: z.strictObject({ suppressed: z.int(), superseded: z.int(), expired: z.int(), unknown: z.int() }),
})

const tag = 'Deliveries'

export const deliveryRoutes = [
  route({
    method: 'GET',
    path: '/incidents/:id/deliveries',
    door: 'api',
    access: 'responder',
    summary:
      'Who was told, and what became of it; addresses are masked. channel and state choose rows, counts stay whole',
    tag,
    query: boardQuery,
    answer: { status: 200, schema: boardAnswer },
    handle: async ({ acting, params, query }) => {
      const { id: incidentId } = await found(acting, params.id!)
      return json(200, await boardJson(acting, { incidentId, updateId: query.update_id }, query))
    },
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/deliveries/retry',
    door: 'api',
    access: 'responder',
    summary: 'Send an update again to those it certainly did not reach, and to nobody else',
    tag,
    body: retryDeliveriesInput,
    answer: { status: 202, schema: retryAnswer },
    handle: async ({ acting, params, body }) => {
      const { id } = await found(acting, params.id!)
      return json(202, await retryDeliveries(acting, id, body.update_id))
    },
  }),
]

async function boardJson(
  { db }: Acting,
  scope: LedgerScope,
  query: z.infer<typeof boardQuery>,
): Promise<z.infer<typeof boardAnswer>> {
  const [queuedAt, id] = positionOf(query.cursor, ['time', 'id']) ?? []
  const after = queuedAt && id ? { queuedAt: new Date(queuedAt), id } : undefined
  const rows = await ledgerRows(
    db,
    scope,
    { channel: query.channel, states: query.state && [query.state] },
    { after, limit: query.limit + 1 },
  )
  const page = pageOf(rows, query.limit, (row) => [row.queuedAt.toISOString(), row.id])
  return {
    counts: (await ledgerCounts(db, scope)) as Record<string, Record<string, number>>,
    page: await pageState(db),
    data: page.data.map(deliveryJson),
    next_cursor: page.next_cursor,
  }
}

/** Where the page stands: the newest revision that any target holds, and each of them. */
async function pageState(db: Acting['db']): Promise<z.infer<typeof boardAnswer>['page']> {
  const targets = await siteTargetStates(db)
  const newest = targets.toSorted((one, other) => other.revision - one.revision)[0]
  return {
    revision: newest?.revision ?? 0,
    published_at: newest?.publishedAt.toISOString() ?? null,
    targets: targets.map(({ name, state }) => ({ name, state })),
  }
}
