import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { route } from '../route.ts'

/** The console's one script; everything works without it. */
export const assetRoutes = [
  route({
    method: 'GET',
    path: '/console.js',
    door: 'hook',
    access: 'anyone',
    summary: 'The script that improves the console',
    tag: 'Operations',
    handle: async ({ world, request }) => {
      const body = await readFile(join(world.assets, 'console.js'))
      // Weak: the same words may leave compressed.
      const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
      const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache', etag }
      const known = request.headers.get('if-none-match') === etag
      return known ? new Response(null, { status: 304, headers }) : new Response(new Uint8Array(body), { headers })
    },
  }),
]
