import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'

type Fetch = (request: Request, env: object) => Response | Promise<Response>

/** The port, taken before anything else is started, so that a taken one leaves nothing half-started. */
export interface Listener {
  /** The port in use, also when 0 was asked for. */
  port: number
  /** From now on requests are answered by `fetch`; before, with 503. */
  answerWith(fetch: Fetch): void
  /** Takes no new connection, however often it is told; resolves when the requests in hand are answered, or after `within` milliseconds. */
  close(within: number): Promise<void>
}

const starting: Fetch = () => new Response('Sitrep is starting.\n', { status: 503, headers: { 'retry-after': '2' } })

/** Takes the port. Rejects with the system's error when it cannot be had. */
export async function listenOn(host: string, port: number): Promise<Listener> {
  let answer = starting
  const server = createServer(getRequestListener((request, env) => answer(request, env as object)))
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })
  const address = server.address()
  let closing: Promise<void> | null = null
  return {
    port: typeof address === 'object' && address ? address.port : port,
    answerWith(fetch) {
      answer = fetch
    },
    close(within) {
      closing ??= close(server, within)
      return closing
    },
  }
}

async function close(server: Server, within: number): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), within)
  await done
  clearTimeout(late)
}
