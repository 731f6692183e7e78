import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Outcome } from '../domain/attempt.ts'
import { type Answered, outcomeOfAnswer, outcomeOfHookFailure } from '../domain/webhook-outcomes.ts'
import { readWebhookUrl } from '../domain/webhook-url.ts'
import type { Carrier, WebhookMessage } from './channel.ts'
import { pinnedLookup, type Resolve, UnsafeAddress } from './safe-address.ts'

export interface WebhookSettings {
  /** `host:port` that may be private and without TLS (WEBHOOK_ALLOW). */
  allow: readonly string[]
  /** Finds the addresses of names, for tests. */
  resolve?: Resolve
  /** For tests: certificates that are trusted besides the known ones, in PEM. */
  ca?: string
}

/** Milliseconds for one attempt as a whole, name and answer included (standards W5). */
const PATIENCE = 15_000
/** Bytes of an answer that are read; the rest is not waited for (standards W9). */
const MOST_READ = 4_096

/**
 * Webhooks over HTTPS (Standard Webhooks 1.0.0). Redirects are answers like any other and are not followed; nothing is
 * kept open between attempts, so that each is checked anew. `patience` (milliseconds) shortens the wait for tests.
 */
export function webhookCarrier(settings: WebhookSettings, patience = PATIENCE): Carrier<WebhookMessage> {
  return {
    channel: 'webhook',
    name: 'http',
    slots: { staff: 8, executive: 8, public: 128 },
    slotsOverall: false,
    perSecond: null,
    send: (message, signal) => attempt(settings, message, AbortSignal.any([signal, AbortSignal.timeout(patience)])),
    close: async () => {},
  }
}

async function attempt(settings: WebhookSettings, message: WebhookMessage, signal: AbortSignal): Promise<Outcome> {
  try {
    return outcomeOfAnswer(await post(settings, message, signal), message.echo)
  } catch (error) {
    return outcomeOfHookFailure(signal.aborted ? 'timeout' : codeOf(error))
  }
}

const codeOf = (error: unknown): string => {
  if (error instanceof UnsafeAddress) return 'address_refused'
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : 'failed'
}

async function post(settings: WebhookSettings, message: WebhookMessage, signal: AbortSignal): Promise<Answered> {
  const url = readWebhookUrl(message.to, settings.allow)
  if ('refused' in url) throw new UnsafeAddress(url.refused)
  const lookup = await orAborted(pinnedLookup(url, settings.resolve), signal)
  const body = Buffer.from(message.body)
  const headers = { ...message.headers, 'content-type': 'application/json', 'content-length': body.length }
  const options = { method: 'POST', headers, lookup, signal, agent: false, ...(settings.ca && { ca: settings.ca }) }
  const request = url.href.startsWith('https:') ? requestHttps(url.href, options) : requestHttp(url.href, options)
  request.end(body)
  return answerTo(request)
}

/** The answer as far as it is read; a body that breaks off or never ends takes nothing back of what its status said. */
async function answerTo(request: ClientRequest): Promise<Answered> {
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = []
  let read = 0
  request.on('error', () => response.destroy())
  try {
    for await (const chunk of response) {
      chunks.push(chunk)
      read += chunk.length
      if (read >= MOST_READ) break
    }
  } catch {
    // What was read until then is the answer.
  }
  request.destroy()
  const answer = Buffer.concat(chunks).subarray(0, MOST_READ).toString()
  return { status: response.statusCode!, retryAfter: response.headers['retry-after'] ?? null, body: answer }
}

/** Asking for a name cannot be called off; its answer is not waited for any longer. */
const orAborted = <T>(asked: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    asked.then(resolve, reject)
  })
