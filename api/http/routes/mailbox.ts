import { z } from 'zod'
import { listMailbox, readMail } from '../../delivery/read-mailbox.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { cursorOf, listOf, pageQuery, positionOf } from '../paging.ts'
import { json, route } from '../route.ts'

const entryAnswer = z.strictObject({
  id: z.string(),
  at: z.string(),
  channel: z.enum(['email', 'sms']),
  purpose: z.string(),
  to: z.string(),
  summary: z.string(),
})
const messageAnswer = entryAnswer.extend({
  headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  text: z.string(),
  html: z.string().nullable(),
})

const shared = { door: 'api', access: 'admin', tag: 'Operations' } as const

export const mailboxRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/mailbox',
    summary: 'Messages that no carrier took, because none is set: newest first',
    query: pageQuery,
    answer: { status: 200, schema: listOf(entryAnswer) },
    handle: async ({ world, query }) => {
      const before = positionOf(query.cursor, ['file'])?.[0] ?? null
      const { entries, older } = await listMailbox(world.mailbox.folder, { limit: query.limit, before })
      return json(200, { data: entries, next_cursor: older === null ? null : cursorOf([older]) })
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/mailbox/:id',
    summary: 'One message of the mailbox, opened',
    answer: { status: 200, schema: messageAnswer },
    handle: async ({ world, params }) => {
      const message = await readMail(world.mailbox.folder, params.id!)
      if (!message) throw refuseMissing('message')
      const { raw, ...opened } = message
      return json(200, opened)
    },
  }),
]
