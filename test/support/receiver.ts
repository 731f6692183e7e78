import { createServer as createPlain, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecure } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { Webhook } from 'standardwebhooks'
import { afterAll, expect, vi } from 'vitest'
import { OWN_CERTIFICATE, OWN_KEY } from './own-certificate.ts'
import { unlikePublished } from './published-shapes.ts'

/** One request as the receiver got it. */
export interface ReceivedHook {
  path: string
  headers: Record<string, string>
  /** The exact bytes. */
  raw: string
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever is sent
  body: any
  /** What the receiver answered. */
  status: number | null
}

/** How the next request to a path is answered; each is used once, in order. */
export type HookAnswer =
  | { status: number; body?: string; headers?: Record<string, string> }
  /** Takes the request and never answers. */
  | { silent: true }
  | { reset: true }
  /** Answers with a body that never ends. */
  | { endless: true }
  /** Answers with this status, and a body that begins and stands still. */
  | { stalled: number }

export interface TestReceiver {
  port: number
  /** The address of a path, under `127.0.0.1`. */
  url(path?: string): string
  /** `host:port`, for WEBHOOK_ALLOW. */
  allowed: string
  received: ReceivedHook[]
  /** Requests to a path, oldest first. */
  at(path: string): ReceivedHook[]
  /** Answers that wait for requests to a path; without one it is 204, and to a challenge the challenge. */
  answers(path: string, ...answers: HookAnswer[]): void
  /** The secret that a challenge to this path brought. */
  secretOf(path: string): string
}

/**
 * A stateful endpoint of webhooks on a random loopback port, closed after the file's last test. Whatever it is sent has to
 * be as the API's description says, unless its test sends what it likes (`ownShapes`).
 */
export async function testReceiver({ tls = false, ownShapes = false } = {}): Promise<TestReceiver> {
  const received: ReceivedHook[] = []
  const waiting = new Map<string, HookAnswer[]>()
  const secrets = new Map<string, string>()
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const raw = await text(request)
    const hook: ReceivedHook = {
      path: request.url!,
      headers: request.headers as Record<string, string>,
      raw,
      body: JSON.parse(raw),
      status: null,
    }
    received.push(hook)
    if (hook.body.secret) secrets.set(hook.path, hook.body.secret)
    const next = waiting.get(hook.path)?.shift() ?? usual(hook)
    if ('reset' in next) request.socket.destroy()
    else if ('endless' in next) trickle(response)
    else if ('stalled' in next) response.writeHead(next.stalled).write('wait')
    else if ('status' in next) {
      hook.status = next.status
      response.writeHead(next.status, next.headers ?? {}).end(next.body ?? '')
    }
  }
  const server = tls ? createSecure({ cert: OWN_CERTIFICATE, key: OWN_KEY }, answer) : createPlain(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    if (!ownShapes) expect(received.flatMap(({ body }) => unlikePublished(body))).toEqual([])
  })
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: (path = '/') => `${tls ? 'https' : 'http'}://127.0.0.1:${port}${path}`,
    allowed: `127.0.0.1:${port}`,
    received,
    at: (path) => received.filter((hook) => hook.path === path),
    answers: (path, ...answers) => void waiting.set(path, [...(waiting.get(path) ?? []), ...answers]),
    secretOf: (path) => secrets.get(path)!,
  }
}

const usual = ({ body }: ReceivedHook): HookAnswer =>
  body.type === 'subscription.challenge' ? { status: 200, body: body.challenge } : { status: 204 }

function trickle(response: ServerResponse): void {
  response.writeHead(200)
  const more = () => response.write('x'.repeat(1024), (failed) => failed ?? setImmediate(more))
  more()
}

/** Whether an independent implementation, whose clock shows `now`, takes the signature (standards W2). */
export function isSigned(hook: ReceivedHook, secret: string, now: Date): boolean {
  vi.setSystemTime(now)
  try {
    new Webhook(secret).verify(hook.raw, hook.headers)
    return true
  } catch {
    return false
  } finally {
    vi.useRealTimers()
  }
}
