import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'

/** A WebSub hub on loopback, which takes every ping unless it is told otherwise. */
export async function testHub() {
  const heard: { mode: string | null; topic: string | null }[] = []
  const hub = {
    url: '',
    /** What it was told, in order, also what it then did not take. */
    heard,
    /** What it answers; null: nothing at all. */
    status: 204 as number | null,
    /** The topics that it has heard of since it was last asked, in their order. */
    topics: () =>
      heard
        .splice(0)
        .map(({ topic }) => topic)
        .sort(),
  }
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(request.method === 'POST' ? await text(request) : '')
    heard.push({ mode: form.get('hub.mode'), topic: form.get('hub.url') })
    if (hub.status !== null) response.writeHead(hub.status, { location: '/elsewhere' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub`
  return hub
}
