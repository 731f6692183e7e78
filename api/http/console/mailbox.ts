import { listMailbox, type MailboxMessage, readMail } from '../../delivery/read-mailbox.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import type { MailboxScreen } from '../../domain/screens.ts'
import { type Call, route } from '../route.ts'
import { contentSecurityPolicy } from '../security-headers.ts'
import { idIn } from './forms.ts'
import { show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/mailbox'
const shared = { door: 'page', tag: 'Console', method: 'GET', access: 'admin' } as const

export const mailboxScreenRoutes = [
  route({
    ...shared,
    path: PATH,
    summary: 'Messages that stayed in the house because no carrier is set',
    handle: async (call) => screen(call, null),
  }),
  route({
    ...shared,
    path: `${PATH}/:id`,
    summary: 'One message of the mailbox',
    handle: async (call) => screen(call, await opened(call)),
  }),
  route({ ...shared, path: `${PATH}/:id/html`, summary: 'The HTML of a mail, locked in', handle: letter }),
]

/** The frame that shows a mail is allowed; nothing else is that the console does not allow elsewhere. */
async function screen(call: Call, message: MailboxMessage | null): Promise<Response> {
  const { world, request } = call
  const before = new URL(request.url).searchParams.get('before')
  const { entries, older } = await listMailbox(world.mailbox.folder, { before })
  const page: MailboxScreen = {
    shell: await shellOf(call),
    messages: entries,
    message: message && asScreen(message),
    olderUrl: older && `${PATH}?before=${encodeURIComponent(older)}`,
  }
  const html = await show(world, 'console/mailbox', page)
  const policy = contentSecurityPolicy(await html.clone().text(), { apiUrl: world.urls.api, script: 'self' })
  html.headers.set('content-security-policy', `${policy}; frame-src 'self'`)
  return html
}

const asScreen = ({ html, raw: _, ...message }: MailboxMessage): MailboxScreen['message'] => ({
  ...message,
  htmlUrl: html === null ? null : `${PATH}/${message.id}/html`,
})

async function opened({ world, params }: Call): Promise<MailboxMessage> {
  const message = await readMail(world.mailbox.folder, idIn(params, 'message'))
  if (!message) throw refuseMissing('message')
  return message
}

/** Mail as its reader's program would show it: styles of its own, and otherwise nothing it could do. */
const LOCKED_IN =
  "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

async function letter(call: Call): Promise<Response> {
  const { html } = await opened(call)
  if (html === null) throw refuseMissing('mail; this is an SMS')
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': LOCKED_IN }
  return new Response(html, { headers: { ...headers, 'cache-control': 'no-store' } })
}
