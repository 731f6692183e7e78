import type { Outcome } from '../domain/attempt.ts'
import { type MailFailure, outcomeOfMailFailure } from '../domain/mail-outcomes.ts'
import type { Carrier, MailMessage } from './channel.ts'
import { type DkimSettings, dkimSigner, type Signer } from './dkim.ts'
import { mimeOf } from './mime.ts'
import { PATIENCE, type SmtpServer } from './smtp-line.ts'
import { openPool, type SmtpPool } from './smtp-pool.ts'

/** How to reach the mail server. */
export interface SmtpSettings extends SmtpServer {
  /** Connections of this process. */
  connections: number
  /** Messages per second over all processes; null: as fast as the server takes them. */
  perSecond: number | null
  dkim: DkimSettings | null
}

/** Mail over SMTP. `patience` shortens the waits for tests. */
export function smtpCarrier(settings: SmtpSettings, patience: Partial<typeof PATIENCE> = {}): Carrier<MailMessage> {
  const waits = { ...PATIENCE, ...patience }
  const staff = settings.connections > 1 ? 1 : 0
  const signer = settings.dkim && dkimSigner(settings.dkim)
  const pool = openPool(settings, { all: settings.connections, public: settings.connections - staff }, waits)
  return {
    channel: 'email',
    name: 'smtp',
    // Staff may use every line, and one that the public cannot take.
    slots: { staff: settings.connections, executive: 1, public: settings.connections - staff },
    slotsOverall: false,
    perSecond: settings.perSecond,
    send: (message, signal) => within(waits.attempt, signal, (until) => attempt(pool, signer, message, until)),
    close: pool.close,
  }
}

/**
 * Does it until it is done, `signal` aborts or so many milliseconds are over. The timer ends with it: a signal with a timeout
 * of its own would stay for half a minute after each mail.
 */
async function within<Done>(
  milliseconds: number,
  signal: AbortSignal,
  act: (until: AbortSignal) => Promise<Done>,
): Promise<Done> {
  const own = new AbortController()
  const end = () => own.abort()
  const timer = setTimeout(end, milliseconds)
  signal.addEventListener('abort', end, { once: true })
  if (signal.aborted) end()
  try {
    return await act(own.signal)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

/** One address and nothing that could be read as a second, in the envelope or in the head (standards T0.3, E20). */
const ONE_ADDRESS = /^[^\s<>()[\]\\,;:"@\p{Cc}]+@[^\s<>()[\]\\,;:"@\p{Cc}]+$/u
const ASCII = /^[\x20-\x7e]*$/

async function attempt(
  pool: SmtpPool,
  signer: Signer | null,
  message: MailMessage,
  signal: AbortSignal,
): Promise<Outcome> {
  if (!ONE_ADDRESS.test(message.to))
    return { kind: 'permanent', code: 'address_unfit', reason: 'this is not one mail address' }
  const envelope = { from: message.envelopeFrom, to: message.to }
  try {
    const mime = await mimeOf(message, signer)
    const sent = await pool.send(message.lane, { envelope, mime, utf8: !ASCII.test(message.to) }, signal)
    if ('refused' in sent)
      return {
        kind: 'permanent',
        code: sent.refused,
        reason: 'the mail server does not take such an address (SMTPUTF8)',
      }
    return { kind: 'accepted', providerId: queueIdIn(sent.response) }
  } catch (error) {
    return outcomeOfMailFailure(failureOf(error))
  }
}

/** What the server calls the message, if it says: `250 2.0.0 Ok: queued as 4F2C…`. */
const queueIdIn = (response: string): string | null => /queued as ([\w.-]{4,60})/i.exec(response)?.[1] ?? null

function failureOf(error: unknown): MailFailure {
  const known = error as Partial<Record<'code' | 'command' | 'response', string>> & {
    responseCode?: number
    permanent?: boolean
    begun?: boolean
  }
  return {
    code: known.code ?? null,
    command: known.command ?? null,
    responseCode: known.responseCode ?? null,
    permanent: known.permanent ?? null,
    response: known.response ?? null,
    begun: known.begun ?? false,
  }
}
