import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll } from 'vitest'

/** A message as the stand-in keeps it. */
export interface SentSms {
  sid: string
  to: string
  body: string
  params: Record<string, string>
  status: string
  errorCode?: number
  createdAt: Date
}

/** What goes wrong with the next request to send; each is used once, in order. */
export type TwilioFault =
  | { status: number; code: number; message: string }
  /** The message is taken, and then the answer fails. */
  | { afterAccepting: { status: number; code: number } }
  | { silent: true; accept: boolean }
  | { reset: true }
  /** The answer comes late, in milliseconds. */
  | { wait: number }

export interface TestTwilio {
  url: string
  accountSid: string
  authToken: string
  sent: SentSms[]
  /** How often it was asked to send, refused ones included. */
  requests: Record<string, string>[]
  faults: TwilioFault[]
  /** Decides what goes wrong with a request to send; asked before `faults`. */
  temper: (params: Record<string, string>) => TwilioFault | null
  /** What time it is at Twilio. */
  now: () => Date
  waitFor(count: number): Promise<SentSms[]>
  /** The parameters and signature of a status callback to us. */
  statusCallback(
    sms: SentSms,
    status: string,
    extra?: Record<string, string>,
  ): { url: string; params: Record<string, string>; signature: string }
  close(): Promise<void>
}

const ACCOUNT = `AC${'0'.repeat(32)}`
const TOKEN = 'twilio-auth-token-of-the-test'

/** A stateful server shaped like Twilio's messages API, on a random loopback port, closed after the file's last test. */
export async function testTwilio(): Promise<TestTwilio> {
  const twilio = await openTwilio()
  afterAll(twilio.close)
  return twilio
}

/** The same, for whoever closes it. */
export async function openTwilio(): Promise<TestTwilio> {
  const sent: SentSms[] = []
  const requests: Record<string, string>[] = []
  const faults: TwilioFault[] = []
  const waiting: { count: number; resolve: (messages: SentSms[]) => void }[] = []
  const server = createServer(async (request, response) => {
    if (!isSignedIn(request)) return refuse(response, 401, 20003, 'Authenticate')
    if (request.method === 'GET') return look(new URL(request.url!, 'http://x'), response)
    const params = await formOf(request)
    requests.push(params)
    send(params, request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const twilio: TestTwilio = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accountSid: ACCOUNT,
    authToken: TOKEN,
    sent,
    requests,
    faults,
    temper: () => null,
    now: () => new Date(),
    waitFor: (count) =>
      sent.length >= count ? Promise.resolve(sent) : new Promise((resolve) => waiting.push({ count, resolve })),
    statusCallback,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return twilio

  function send(params: Record<string, string>, request: IncomingMessage, response: ServerResponse): void {
    const fault = twilio.temper(params) ?? faults.shift()
    if (fault && 'reset' in fault) request.socket.destroy()
    else if (fault && 'status' in fault) refuse(response, fault.status, fault.code, fault.message)
    else if (fault && 'silent' in fault) {
      if (fault.accept) accept(params)
    } else if (!params.To) refuse(response, 400, 21604, "A 'To' phone number is required.")
    else if (fault && 'wait' in fault) setTimeout(() => answerAccepted(accept(params), null, response), fault.wait)
    else answerAccepted(accept(params), fault ?? null, response)
  }

  function answerAccepted(message: SentSms, fault: TwilioFault | null, response: ServerResponse): void {
    if (fault && 'afterAccepting' in fault)
      refuse(response, fault.afterAccepting.status, fault.afterAccepting.code, 'Internal error')
    else answer(response, 201, shown(message))
  }

  function accept(params: Record<string, string>): SentSms {
    const sid = `SM${String(sent.length + 1).padStart(32, '0')}`
    const status = params.MessagingServiceSid ? 'accepted' : 'queued'
    const message = { sid, to: params.To!, body: params.Body ?? '', params, status, createdAt: twilio.now() }
    sent.push(message)
    for (const each of waiting) if (sent.length >= each.count) each.resolve(sent)
    return message
  }

  function look(url: URL, response: ServerResponse): void {
    const sid = /\/Messages\/(SM\w+)\.json$/.exec(url.pathname)?.[1]
    const message = sent.find((each) => each.sid === sid)
    if (!sid) list(url.searchParams, response)
    else if (message) answer(response, 200, shown(message))
    else refuse(response, 404, 20404, 'Not found')
  }

  function list(query: URLSearchParams, response: ServerResponse): void {
    const found = sent.filter((message) => !query.has('To') || message.to === query.get('To'))
    answer(response, 200, { messages: found.toReversed().map(shown), next_page_uri: null, page: 0, page_size: 50 })
  }
}

const isSignedIn = (request: IncomingMessage): boolean =>
  request.headers.authorization === `Basic ${Buffer.from(`${ACCOUNT}:${TOKEN}`).toString('base64')}`

async function formOf(request: IncomingMessage): Promise<Record<string, string>> {
  let body = ''
  for await (const chunk of request) body += chunk
  return Object.fromEntries(new URLSearchParams(body))
}

const shown = ({ sid, to, body, params, status, errorCode, createdAt }: SentSms) => ({
  sid,
  account_sid: ACCOUNT,
  to,
  from: params.From ?? null,
  messaging_service_sid: params.MessagingServiceSid ?? null,
  body,
  status,
  num_segments: '1',
  direction: 'outbound-api',
  date_created: createdAt.toUTCString().replace('GMT', '+0000'),
  date_sent: null,
  date_updated: createdAt.toUTCString().replace('GMT', '+0000'),
  error_code: errorCode ?? null,
  error_message: null,
  uri: `/2010-04-01/Accounts/${ACCOUNT}/Messages/${sid}.json`,
})

const refuse = (response: ServerResponse, status: number, code: number, message: string): void =>
  answer(response, status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

function statusCallback(sms: SentSms, status: string, extra: Record<string, string> = {}) {
  const params = {
    MessageSid: sms.sid,
    SmsSid: sms.sid,
    MessageStatus: status,
    SmsStatus: status,
    To: sms.to,
    AccountSid: ACCOUNT,
    ...extra,
  }
  const url = sms.params.StatusCallback!
  return { url, params, signature: signed(url, params, TOKEN) }
}

/** X-Twilio-Signature of a form post: HMAC-SHA1 over the URL and the sorted parameters (standards S11). */
export function signed(url: string, params: Record<string, string>, token: string): string {
  const sorted = Object.keys(params).sort()
  const text = url + sorted.map((name) => name + params[name]).join('')
  return createHmac('sha1', token).update(text).digest('base64')
}
