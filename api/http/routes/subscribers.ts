import { Readable } from 'node:stream'
import { z } from 'zod'
import { everySubscriber, listSubscribers, subscriberOf } from '../../../db/queries/subscribers.ts'
import { SUBSCRIBER_STATES } from '../../../db/schema.ts'
import { eraseSubscriber } from '../../actions/erase-subscriber.ts'
import { noteExport } from '../../actions/export-subscribers.ts'
import { importSubscribers } from '../../actions/import-subscribers.ts'
import type { FileFormat } from '../../actions/subscriber-file.ts'
import { CHANNELS } from '../../domain/attempt.ts'
import { LISTS } from '../../domain/audience.ts'
import { Refusal, refuseMissing } from '../../domain/refusal.ts'
import { prefersJson } from '../console/refusal-page.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { subscriberAnswer, subscriberJson } from '../present/subscriber.ts'
import { csvOf, subscriberColumns } from '../present/subscriber-columns.ts'
import { type Call, json, noContent, route } from '../route.ts'
import { bytesOf, spooled } from '../spool.ts'

const shared = { door: 'api', access: 'admin', tag: 'Subscribers' } as const

const filter = z.strictObject({
  /** Everybody's, unless that of staff is asked for. */
  list: z.enum(LISTS).optional(),
  channel: z.enum(CHANNELS).optional(),
  state: z.enum(SUBSCRIBER_STATES).optional(),
  search: z.string().max(254).optional(),
})
type Filter = z.infer<typeof filter>

const importAnswer = z.strictObject({
  created: z.int(),
  updated: z.int(),
  pending: z.int(),
  skipped: z.int(),
  errors: z.array(z.strictObject({ row: z.int(), code: z.string(), message: z.string() })),
})

/** Every subscriber as a file, which begins to flow before it is known how long it will be. */
export async function exported({ acting, world }: Call, asked: Filter, format: FileFormat): Promise<Response> {
  await noteExport(acting, { ...asked, format })
  const pages = everySubscriber(world.db, asked)
  const text = format === 'csv' ? csvLines(pages) : jsonLines(pages)
  return new Response(Readable.toWeb(Readable.from(text, { objectMode: false })) as ReadableStream, {
    headers: {
      'content-type': format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json',
      'content-disposition': `attachment; filename="subscribers.${format}"`,
      'cache-control': 'no-store',
    },
  })
}

type Pages = ReturnType<typeof everySubscriber>

async function* csvLines(pages: Pages): AsyncIterable<string> {
  yield csvOf([], true)
  for await (const rows of pages) yield csvOf(rows, false)
}

async function* jsonLines(pages: Pages): AsyncIterable<string> {
  let before = '['
  for await (const rows of pages) {
    yield `${before}\n${rows.map((row) => JSON.stringify(subscriberColumns(row))).join(',\n')}`
    before = ','
  }
  yield before === '[' ? '[]\n' : '\n]\n'
}

/** The format of a file that is sent, by its content type. */
function formatOf(request: Request): FileFormat {
  const type = request.headers.get('content-type') ?? ''
  if (/^text\/csv\s*(;|$)/i.test(type)) return 'csv'
  if (/^application\/json\s*(;|$)/i.test(type)) return 'json'
  throw new Refusal('unsupported_type', 'Send text/csv or application/json.')
}

export const subscriberRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/subscribers',
    summary: 'Who hears from us, with their choices and their consent',
    query: pageQuery.extend(filter.shape),
    answer: { status: 200, schema: listOf(subscriberAnswer) },
    handle: async ({ acting, query: { cursor, limit, ...asked } }) => {
      const after = positionOf(cursor, ['id'])?.[0]
      const page = pageOf(await listSubscribers(acting.db, asked, { after, limit: limit + 1 }), limit, (row) => [
        row.id,
      ])
      return json(200, { ...page, data: page.data.map(subscriberJson) })
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscribers/export',
    summary: 'All of them as CSV, or as JSON by Accept; recorded in the audit',
    query: filter,
    answer: { status: 200 },
    handle: (call) => exported(call, call.query, prefersJson(call.request.headers.get('accept')) ? 'json' : 'csv'),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscribers/import',
    summary:
      'Takes subscribers from a file; rows with consent time and source need no confirmation, webhooks answer their challenge',
    query: z.strictObject({ dry_run: z.enum(['true', 'false']).default('false') }),
    upload: ['text/csv', 'application/json'],
    answer: { status: 200, schema: importAnswer },
    handle: async ({ acting, request, query }) => {
      const format = formatOf(request)
      const done = await spooled(bytesOf(request), (path) =>
        importSubscribers(acting, { path, format }, query.dry_run === 'true'),
      )
      return json(200, done)
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscribers/:id',
    summary: 'One subscriber',
    answer: { status: 200, schema: subscriberAnswer },
    handle: async ({ acting, params }) => {
      const subscriber = await subscriberOf(acting.db, params.id!)
      if (!subscriber || subscriber.endedBy === 'erasure') throw refuseMissing('subscriber')
      return json(200, subscriberJson(subscriber))
    },
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/subscribers/:id',
    summary: 'Erases a subscriber: nothing more is sent, and nothing that tells who it was is kept',
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await eraseSubscriber(acting, params.id!)
      return noContent()
    },
  }),
]
