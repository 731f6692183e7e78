import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { route } from '../route.ts'

/** A script of the compiled site; the page works without it. */
const script = (name: string, summary: string) =>
  route({
    method: 'GET',
    path: `/${name}`,
    door: 'hook',
    access: 'anyone',
    summary,
    tag: 'Operations',
    handle: async ({ world, request }) => {
      const body = await readFile(join(world.assets, name))
      // Weak: the same words may leave compressed.
      const etag = `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
      const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-cache', etag }
      const known = request.headers.get('if-none-match') === etag
      return known ? new Response(null, { status: 304, headers }) : new Response(new Uint8Array(body), { headers })
    },
  })

export const assetRoutes = [
  script('console.js', 'The script that improves the console'),
  script('staff.js', 'The script that copies answers from the staff page'),
]
