import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import type SMTPPool from 'nodemailer/lib/smtp-pool'
import type { Outcome } from '../domain/attempt.ts'
import { type MailFailure, outcomeOfMailFailure } from '../domain/mail-outcomes.ts'
import type { Carrier, MailMessage } from './channel.ts'
import { mailOptions } from './mime.ts'

/** How to reach the mail server. */
export interface SmtpSettings {
  server: { host: string; port: number; secure: boolean; requireTls: boolean }
  login: { user: string; password: string } | null
  /** Connections of this process. */
  connections: number
  /** Messages per second over all processes; null: as fast as the server takes them. */
  perSecond: number | null
  dkim: DkimSettings | null
}

export interface DkimSettings {
  domain: string
  selector: string
  /** PEM of an RSA key. */
  privateKey: string
}

/** What DKIM signs; the library's own list leaves out what one-click unsubscribing needs (standards T0.1, E2). */
export const SIGNED_FIELDS = [
  ...['From', 'Reply-To', 'Subject', 'Date', 'To', 'Message-ID', 'In-Reply-To', 'References'],
  ...['MIME-Version', 'Content-Type', 'Content-Transfer-Encoding', 'Auto-Submitted', 'Precedence'],
  ...['List-Id', 'List-Unsubscribe', 'List-Unsubscribe-Post'],
].join(':')

/** Milliseconds; all well under the 30 s that one attempt may take (standards E27). */
const PATIENCE = { connect: 5_000, greeting: 5_000, dns: 5_000, silence: 20_000, attempt: 28_000, idle: 10_000 }

/** The signing options of the mail library. */
export const dkimOptions = (dkim: DkimSettings) => ({
  domainName: dkim.domain,
  keySelector: dkim.selector,
  privateKey: dkim.privateKey,
  headerFieldNames: SIGNED_FIELDS,
})

/** Mail over SMTP. `patience` shortens the waits for tests. */
export function smtpCarrier(settings: SmtpSettings, patience: Partial<typeof PATIENCE> = {}): Carrier<MailMessage> {
  const waits = { ...PATIENCE, ...patience }
  const staff = settings.connections > 1 ? 1 : 0
  const transport = createTransport(poolOptions(settings, waits))
  transport.use('stream', noticeBegin)
  return {
    channel: 'email',
    name: 'smtp',
    slots: { staff: Math.max(1, staff), public: settings.connections - staff },
    perSecond: settings.perSecond,
    send: (message, signal) =>
      attempt(transport, message, AbortSignal.any([signal, AbortSignal.timeout(waits.attempt)])),
    close: async () => transport.close(),
  }
}

const poolOptions = ({ server, login, connections, dkim }: SmtpSettings, waits: typeof PATIENCE): SMTPPool.Options => ({
  pool: true,
  host: server.host,
  port: server.port,
  secure: server.secure,
  requireTLS: server.requireTls,
  ...(isOwnMachine(server.host) ? { tls: { rejectUnauthorized: false } } : {}),
  ...(login ? { auth: { user: login.user, pass: login.password } } : {}),
  maxConnections: connections,
  maxMessages: 100,
  connectionTimeout: waits.connect,
  greetingTimeout: waits.greeting,
  socketTimeout: waits.silence,
  dnsTimeout: waits.dns,
  disableFileAccess: true,
  disableUrlAccess: true,
  ...(dkim ? { dkim: dkimOptions(dkim) } : {}),
  // The ledger retries, not the pool; and an idle connection goes before the server drops it (standards E28).
  ...{ maxRequeues: 0, idleTimeout: waits.idle },
})

/** A certificate that this machine made for itself is as good as any for talking to itself. */
const isOwnMachine = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(host)

type Trace = { stream: Readable | null }
const traces = new WeakMap<object, Trace>()

/** Keeps the stream of each message: whether it was read tells if the server had asked for it (standards T0.5). */
function noticeBegin(mail: { data: object; message: { createReadStream: () => Readable } }, done: () => void): void {
  const trace = traces.get((mail.data as { trace?: object }).trace ?? {})
  const create = mail.message.createReadStream.bind(mail.message)
  mail.message.createReadStream = () => {
    const stream = create()
    if (trace) trace.stream = stream
    return stream
  }
  done()
}

async function attempt(
  transport: { sendMail(options: object): Promise<SMTPPool.SentMessageInfo> },
  message: MailMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  if (/[^\x20-\x7e]/.test(message.to.slice(0, message.to.lastIndexOf('@'))))
    return { kind: 'permanent', code: 'address_not_ascii', reason: 'this address needs SMTPUTF8' }
  const key = {}
  const trace: Trace = { stream: null }
  traces.set(key, trace)
  try {
    const info = await transport.sendMail({ ...mailOptions(message), trace: key, signal })
    if (info.accepted.length === 1) return { kind: 'accepted', providerId: queueIdIn(info.response) }
    return { kind: 'unknown', code: 'not_confirmed', reason: 'the server named no recipient' }
  } catch (error) {
    return outcomeOfMailFailure(failureOf(error, trace.stream?.readableDidRead ?? false))
  }
}

/** What the server calls the message, if it says: `250 2.0.0 Ok: queued as 4F2C…`. */
const queueIdIn = (response: string): string | null => /queued as ([\w.-]{4,60})/i.exec(response)?.[1] ?? null

function failureOf(error: unknown, begun: boolean): MailFailure {
  const known = error as Partial<Record<'code' | 'command' | 'response', string>> & {
    responseCode?: number
    permanent?: boolean
  }
  return {
    code: known.code ?? null,
    command: known.command ?? null,
    responseCode: known.responseCode ?? null,
    permanent: known.permanent ?? null,
    response: known.response ?? null,
    begun,
  }
}
