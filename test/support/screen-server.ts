import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ConsoleScreens } from '../../api/domain/screens.ts'
import { contentSecurityPolicy } from '../../api/http/security-headers.ts'
import type { Renderer } from '../../api/publish/renderer.ts'
import { unescaped } from './forms.ts'
import { cases } from './screens.ts'

/** Screens made by hand, served on loopback as the service would: with its policy, its script, and a place for posts. */
export interface ScreenServer {
  url: string
  /** What was posted, oldest first. */
  posts: { path: string; fields: Record<string, string> }[]
  /** Answers the posts that wait, from now on at once. */
  answer(): void
  close(): Promise<unknown>
}

async function screen(path: string, renderer: Renderer<ConsoleScreens>, url: string, response: ServerResponse) {
  const html = await cases.find(({ name }) => `/${name}` === path)?.render(renderer)
  // A room that stays open for seconds asks for its board, which has no news here.
  if (!html) return response.writeHead(path.startsWith('/console/') ? 204 : 404).end()
  const framed = [...html.matchAll(/ srcdoc="([^"]*)"/g)].map(([, document]) => unescaped(document!))
  const policy = contentSecurityPolicy(html, { apiUrl: url, script: 'self', framed })
  response.writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy }).end(html)
}

/** Serves every case at `/<its name>`; posts are kept waiting until `answer`, drafts are answered at once. */
export async function serveScreens(renderer: Renderer<ConsoleScreens>): Promise<ScreenServer> {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>()
  const posts: ScreenServer['posts'] = []

  const post = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    posts.push({ path, fields: Object.fromEntries(new URLSearchParams(await text(request))) })
    if (path !== '/console/drafts') await answered
    response.writeHead(204).end()
  }
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url!
    if (request.method === 'POST') return post(path, request, response)
    // A board looks again after two seconds, and finds that nothing has changed.
    if (path.startsWith('/console/')) return response.writeHead(204).end()
    if (path !== '/console.js') return screen(path, renderer, url, response)
    const script = await readFile(join(renderer.publicDir, 'console.js'))
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(script)
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { url, posts, answer, close }
}
