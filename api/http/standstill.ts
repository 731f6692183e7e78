import { Hono } from 'hono'
import { awayResponse } from './answers.ts'
import { plainPage } from './console/refusal-page.ts'
import { onlyDatabase } from './health.ts'
import { json } from './route.ts'
import { routes } from './routes.ts'
import { routeAt } from './routing.ts'
import { withSecurityHeaders } from './security-headers.ts'
import type { World } from './world.ts'

/**
 * What is left of the service where it may use its database no more: the page as it was published last, and the reason at
 * every other door. Opens no port.
 */
export function openStandstill(world: World, reason: string): Hono {
  const app = new Hono()
  const secured = async (response: Response | Promise<Response>) => withSecurityHeaders(await response, world.urls)
  app.get('/healthz', () => secured(json(200, { status: 'ok', detail: reason })))
  app.get('/readyz', () => secured(json(503, { checks: onlyDatabase(reason) })))
  app.all('*', async ({ req }) => {
    const route = routeAt(routes, req.path)
    if (route?.door === 'page') return secured(plainPage(world, 503, 'This cannot be done here now', [reason]))
    const published = route === null ? await world.site.fetch(req.raw) : null
    return published ?? secured(awayResponse(reason))
  })
  return app
}
