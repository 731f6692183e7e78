import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Heartbeat, StatusFile } from '../../site/live/data.ts'

/** A published site of which the machine files can be changed while somebody reads it. */
export interface LiveSite {
  url: string
  /** HTML by path. */
  pages: Map<string, string>
  status: StatusFile
  heartbeat: Heartbeat | null
  /** The server's own time, as its answers say. */
  time: string
  /** Every look at `/status.json`: whether it asked for changes only. */
  looks: { conditional: boolean }[]
  /** How often the sign of life was asked for; the script does that last. */
  beats: number
  /** Answers 503 to everything. */
  failing: boolean
  close(): Promise<void>
}

const etagOf = (status: StatusFile) => `"${createHash('sha256').update(JSON.stringify(status)).digest('base64url')}"`

function answer(site: LiveSite, path: string, conditional: string | undefined, response: ServerResponse): void {
  response.sendDate = false
  response.setHeader('date', new Date(site.time).toUTCString())
  const send = (type: string, body: string) => response.setHeader('content-type', type).end(body)
  const html = site.pages.get(path)
  if (html !== undefined) return void send('text/html; charset=utf-8', html)
  if (site.failing) return void response.writeHead(503).end()
  if (path === '/heartbeat.json' && site.heartbeat) return void send('application/json', JSON.stringify(site.heartbeat))
  if (path !== '/status.json') return void response.writeHead(404).end()
  response.setHeader('cache-control', 'public, max-age=15').setHeader('etag', etagOf(site.status))
  if (conditional === etagOf(site.status)) return void response.writeHead(304).end()
  send('application/json', JSON.stringify(site.status))
}

/** Serves pages and machine files on loopback. */
export async function serveLiveSite(first: Pick<LiveSite, 'status' | 'heartbeat' | 'time'>): Promise<LiveSite> {
  const server = createServer((request, response) => {
    const [path = '/'] = request.url!.split('?')
    const conditional = request.headers['if-none-match']
    if (path === '/heartbeat.json') site.beats += 1
    if (path === '/status.json') site.looks.push({ conditional: conditional !== undefined })
    answer(site, path, conditional, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const site: LiveSite = {
    ...first,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages: new Map(),
    looks: [],
    beats: 0,
    failing: false,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
  return site
}
