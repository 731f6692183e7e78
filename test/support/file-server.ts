import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { afterwards } from './afterwards.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.xml': 'application/xml',
}

/**
 * A web server that knows files and nothing else: `/x` is `x`, or `x/index.html`. It is `at` for it: what the time is
 * that its answers say. Answers its address.
 */
export async function serveFiles(folder: string, at: () => Date): Promise<string> {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(request.url!.split('?')[0]!).replace(/^\/+|\/+$/g, '')
    const name = extname(path) === '' ? join(path, 'index.html') : path
    const body = await readFile(join(folder, name)).catch(() => null)
    response.sendDate = false
    response.setHeader('date', at().toUTCString())
    if (body === null) return void response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
