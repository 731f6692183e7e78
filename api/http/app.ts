import { type Context, Hono } from 'hono'
import { compress } from 'hono/compress'
import type { Database, Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { isConnectionLost } from '../../db/lost-connection.ts'
import type { Acting, Actor, Store } from '../actions/acting.ts'
import { openPageLink } from '../actions/open-page-link.ts'
import { Refusal, refuseMissing } from '../domain/refusal.ts'
import { awayResponse, faultResponse, problemResponse } from './answers.ts'
import { authenticate, authorise, somebody } from './authenticate.ts'
import { clientAddress } from './client-address.ts'
import { faultPage, refusalPage } from './console/refusal-page.ts'
import { mayChange } from './cross-site.ts'
import { answerOnce, formOnce, repeatable } from './idempotency.ts'
import { checked, formOf, jsonOf, rawBody } from './input.ts'
import type { Call, Route } from './route.ts'
import { routes } from './routes.ts'
import { methodNotAllowed, pathOf } from './routing.ts'
import { withSecurityHeaders } from './security-headers.ts'
import type { World } from './world.ts'

/** What the listener tells about a connection. */
export interface Bindings {
  incoming?: { socket?: { remoteAddress?: string | undefined } }
}

const MADE_ON_REQUEST = ['/console', '/console/*', '/console.js', '/api/v1/docs', '/subscriptions/*']

/** The whole service as one app: the table's routes first, then the published site. Opens no port. */
export function openApp(world: World): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>()
  // Pages made for one reader are compressed as they leave; published files have been.
  for (const path of MADE_ON_REQUEST) app.use(path, compress())
  for (const each of routes) app.on(each.method, pathOf(each), (context) => answer(world, each, context))
  app.all('*', async (context) => {
    const wrongMethod = methodNotAllowed(routes, context.req.path, context.req.method)
    if (wrongMethod) return withSecurityHeaders(wrongMethod, world.urls)
    return (await world.site.fetch(context.req.raw)) ?? context.notFound()
  })
  app.notFound(() =>
    withSecurityHeaders(problemResponse(new Refusal('not_found', 'There is nothing here.')), world.urls),
  )
  return app
}

async function answer(world: World, route: Route, context: Context<{ Bindings: Bindings }>): Promise<Response> {
  const started = performance.now()
  const response = await answerOrExplain(world, route, context)
  const milliseconds = Math.round(performance.now() - started)
  world.log.debug({ method: route.method, route: pathOf(route), status: response.status, milliseconds }, 'answered')
  return withSecurityHeaders(response, world.urls)
}

async function answerOrExplain(
  world: World,
  route: Route,
  context: Context<{ Bindings: Bindings }>,
): Promise<Response> {
  const request = context.req.raw
  const peer = context.env?.incoming?.socket?.remoteAddress ?? '127.0.0.1'
  const ip = clientAddress(peer, request.headers.get('x-forwarded-for'), world.trusted)
  let text = ''
  try {
    text = route.upload ? '' : await rawBody(request, route.mostBytes)
    return await admit(world, route, { request, params: context.req.param(), ip, text })
  } catch (error) {
    return explain(world, route, request, text, error)
  }
}

interface Arrived {
  request: Request
  params: Record<string, string>
  ip: string
  text: string
}

async function admit(world: World, route: Route, arrived: Arrived): Promise<Response> {
  const { request, ip } = arrived
  const actor = route.admits?.(world, request)
    ? somebody(ip)
    : await authenticate(world, request, ip).catch(payWhenRefused(world, ip))
  await takePoint(world, route, actor, ip)
  refuseCrossSite(world, route, request, actor)
  if (!(await opensByLink(world, route, request))) authorise(actor, route.access)
  const call = await callOf(world, route, arrived, actor)
  const identify = route.door === 'api' ? repeatable : formOnce
  const once = route.upload ? null : identify(request, new URL(request.url).pathname, arrived.text, actor)
  await route.limit?.(call)
  if (route.provesItself) return route.handle(call).catch(payWhenRefused(world, ip))
  if (!once) return route.handle(call)
  return world.db.transaction((tx) => answerOnce(tx, once, world.secrets, () => route.handle(within(call, tx))))
}

/** Whether a token in the address opens the route; one that opens nothing is refused, whoever brings it. */
async function opensByLink(world: World, route: Route, request: Request): Promise<boolean> {
  const token = new URL(request.url).searchParams.get('token')
  if (!route.link || !token) return false
  await openPageLink(world, world.db, route.link, token)
  return true
}

/** Trying keys, links and signatures that are none costs the caller's purse like every other request from outside. */
const payWhenRefused =
  (world: World, ip: string) =>
  async (refusal: unknown): Promise<never> => {
    await world.limits.open(ip)
    throw refusal
  }

/** What proves itself (signed hooks, signed links) comes from few addresses and is lost when refused: it pays nothing. */
async function takePoint(world: World, route: Route, actor: Actor, ip: string): Promise<void> {
  if (route.provesItself) return
  await (actor.role === null ? world.limits.open(ip) : world.limits.api(`${actor.kind}:${actor.id}`))
}

/** The same call, all of it in one transaction: who holds one connection and waits for a second can wait for ever. */
const within = (call: Call, tx: Transaction): Call => ({
  ...call,
  world: { ...call.world, db: tx as unknown as Database },
  acting: { ...call.acting, db: tx },
})

function refuseCrossSite(world: World, route: Route, request: Request, actor: Actor): void {
  if (route.crossSite || actor.kind === 'key') return
  const origins = [new URL(world.urls.api).origin, new URL(world.urls.site).origin]
  const from = {
    method: request.method,
    secFetchSite: request.headers.get('sec-fetch-site'),
    origin: request.headers.get('origin'),
    referer: request.headers.get('referer'),
  }
  const unsafe = !mayChange(from, origins)
  if (unsafe && (route.door === 'page' || actor.kind === 'person'))
    throw new Refusal('forbidden', 'This came from another site. Open the console itself and try again.')
}

async function callOf(world: World, route: Route, { request, params, text }: Arrived, actor: Actor): Promise<Call> {
  const { db, clock, templates, secrets, urls, webhookAllow } = world
  const acting: Acting = { db: db as Store, clock, templates, secrets, urls, webhookAllow, actor }
  const isForm = route.door === 'page' || route.door === 'public'
  const wantsJson = route.body !== undefined && (!isForm || isJson(request))
  return {
    world,
    acting,
    params: route.door === 'api' ? plainParams(params) : params,
    request,
    form: isForm && !wantsJson && request.method === 'POST' ? await formOf(request, text) : {},
    body: wantsJson ? checked(route.body!, jsonOf(request, text)) : text,
    query: route.query ? checked(route.query, Object.fromEntries(new URL(request.url).searchParams)) : undefined,
    expectedVersion: versionIn(request.headers.get('if-match')),
  }
}

/** Ids and the like; anything else names nothing of ours. */
function plainParams(params: Record<string, string>): Record<string, string> {
  if (!Object.values(params).every((value) => /^[\w.-]{1,100}$/.test(value))) throw refuseMissing('thing')
  return params
}

const isJson = (request: Request): boolean => /json/i.test(request.headers.get('content-type') ?? '')

/** The version in an If-Match header of ours (`"7"`); `*` and none ask for no particular one. */
function versionIn(ifMatch: string | null): number | null {
  if (ifMatch === null || ifMatch.trim() === '*') return null
  return Number(/^(?:W\/)?"(\d{1,9})"$/.exec(ifMatch.trim())?.[1] ?? -1)
}

async function explain(world: World, route: Route, request: Request, text: string, error: unknown): Promise<Response> {
  if (error instanceof Refusal) {
    if (route.door === 'page' || route.door === 'public') return refusalPage(world, route, request, text, error)
    if (route.door === 'hook') world.log.warn({ route: pathOf(route), because: error.message }, 'a hook was refused')
    return problemResponse(error)
  }
  // Short as our other ids are: what is longer is taken for a secret by the log, which would hide what is quoted to us.
  const requestId = newId()
  world.log.error({ error, requestId, route: pathOf(route) }, 'a request failed')
  if (route.door === 'page') return faultPage(world, requestId)
  return isConnectionLost(error) ? awayResponse() : faultResponse(requestId)
}
