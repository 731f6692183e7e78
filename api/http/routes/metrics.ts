import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList } from 'node:net'
import { Refusal } from '../../domain/refusal.ts'
import { route } from '../route.ts'
import type { World } from '../world.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const isLoopback = (ip: string | null): boolean =>
  ip !== null && (loopback.check(ip, 'ipv4') || loopback.check(ip, 'ipv6'))

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Whether a request carries METRICS_TOKEN. */
const holdsToken = ({ metrics }: World, request: Request): boolean => {
  const token = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  const { access } = metrics
  return token !== undefined && typeof access === 'object' && timingSafeEqual(digest(token), digest(access.token))
}

export const metricsRoutes = [
  route({
    method: 'GET',
    path: '/metrics',
    door: 'hook',
    access: 'anyone',
    admits: holdsToken,
    tag: 'Operations',
    summary: 'Measures in the text format of Prometheus, for whoever holds METRICS_TOKEN',
    handle: async ({ world, acting, request }) => {
      const { metrics } = world
      const local = metrics.access === 'loopback' && isLoopback(acting.actor.ip)
      if (!local && !holdsToken(world, request)) throw refusal(metrics.access)
      const headers = { 'content-type': metrics.contentType, 'cache-control': 'no-store' }
      return new Response(await metrics.scrape(), { headers })
    },
  }),
]

const refusal = (access: World['metrics']['access']): Refusal =>
  typeof access === 'object'
    ? new Refusal('not_found', 'Metrics are for whoever sends METRICS_TOKEN as Authorization: Bearer.')
    : new Refusal('not_found', 'Metrics are not offered here; METRICS_TOKEN opens them.')
