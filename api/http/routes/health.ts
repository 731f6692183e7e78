import { healthOf } from '../health.ts'
import { json, route } from '../route.ts'

const shared = { door: 'hook', access: 'anyone', tag: 'Operations' } as const

export const healthRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/healthz',
    summary: 'Answers while the process lives',
    handle: async () => json(200, { status: 'ok' }),
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/readyz',
    summary: 'Whether it can do its work: database, publisher, queue, cadence scan, mail, SMS',
    handle: async ({ world }) => {
      const { ready, checks } = await healthOf(world)
      return json(ready ? 200 : 503, { checks })
    },
  }),
]
