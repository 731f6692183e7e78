import twilio from 'twilio'
import type { Outcome } from '../domain/attempt.ts'
import { outcomeOfSmsFailure, type SmsFailure } from '../domain/twilio-codes.ts'
import type { Carrier, Found, SmsMessage } from './channel.ts'

/** How to reach Twilio, or something that speaks its API. */
export interface TwilioSettings {
  accountSid: string
  authToken: string
  messagingServiceSid: string | null
  from: string | null
  /** Another base URL that speaks Twilio's API; null: Twilio's own (standards S26). */
  apiUrl: string | null
  /** Over all processes. */
  segmentsPerSecond: number
}

/** Milliseconds; under the 30 s that one attempt may take (standards S7). */
const PATIENCE = 20_000

/** How many of the newest messages to a number are looked through when the fate of one is unknown. */
const LOOK_BACK = 50

type Client = ReturnType<typeof twilio>

/** SMS by Twilio. The only place that uses its package. `patience` (milliseconds) shortens the wait for tests. */
export function twilioCarrier(settings: TwilioSettings, patience = PATIENCE): Carrier<SmsMessage> {
  const client = twilio(settings.accountSid, settings.authToken, { autoRetry: false, timeout: patience })
  if (settings.apiUrl) client.api.baseUrl = settings.apiUrl
  return {
    channel: 'sms',
    name: 'twilio',
    slots: { staff: 2, executive: 2, public: 4 },
    slotsOverall: true,
    perSecond: settings.segmentsPerSecond,
    send: (message, signal) => Promise.race([hand(client, settings, message), givenUp(signal)]),
    ask: (message, since) => find(client, message, since).catch(() => ({ kind: 'unreachable' as const })),
    news: async (providerId) => {
      const message = await client
        .messages(providerId)
        .fetch()
        .catch(() => null)
      return message && { status: message.status, code: message.errorCode || null }
    },
    close: async () => {},
  }
}

async function hand(client: Client, settings: TwilioSettings, message: SmsMessage): Promise<Outcome> {
  try {
    const sent = await client.messages.create({
      to: message.to,
      body: message.body,
      statusCallback: message.statusCallback,
      validityPeriod: message.validityPeriod,
      ...(settings.messagingServiceSid
        ? { messagingServiceSid: settings.messagingServiceSid }
        : { from: settings.from ?? '' }),
    })
    return { kind: 'accepted', providerId: sent.sid }
  } catch (error) {
    return outcomeOfSmsFailure(failureOf(error))
  }
}

/** Codes only: the error itself holds the request with its credentials and is never kept or logged (standards T0.8, S8). */
function failureOf(error: unknown): SmsFailure {
  const { status, code } = error as { status?: unknown; code?: unknown }
  return {
    status: typeof status === 'number' ? status : null,
    code: typeof code === 'number' ? code : null,
    network: typeof code === 'string' ? code : null,
  }
}

const givenUp = (signal: AbortSignal): Promise<Outcome> =>
  new Promise((resolve) => {
    const outcome: Outcome = { kind: 'unknown', code: 'aborted', reason: 'given up while waiting for the answer' }
    if (signal.aborted) resolve(outcome)
    signal.addEventListener('abort', () => resolve(outcome), { once: true })
  })

/** Looks for the message among those to the same number since the attempt (standards S5b). */
async function find(client: Client, message: SmsMessage, since: Date): Promise<Found> {
  const dayBefore = new Date(since.getTime() - 86_400_000)
  const messages = await client.messages.list({ to: message.to, dateSentAfter: dayBefore, limit: LOOK_BACK })
  const ours = messages.find((each) => each.body.endsWith(message.body) && !isBefore(each.dateCreated, since))
  return ours ? { kind: 'found', providerId: ours.sid } : { kind: 'absent' }
}

/** Twilio's times are whole seconds and its clock is not ours: a minute's difference is no difference. */
const isBefore = (created: Date | null | undefined, since: Date): boolean =>
  created instanceof Date && !Number.isNaN(created.getTime()) && created.getTime() < since.getTime() - 60_000
