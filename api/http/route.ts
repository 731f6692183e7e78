import type { z } from 'zod'
import type { Acting } from '../actions/acting.ts'
import type { LinkKind } from '../domain/page-link.ts'
import type { Role } from '../domain/role.ts'
import type { World } from './world.ts'

/**
 * Who may use a route: a role (and those that cover it), whoever reads all briefings (commanders, admins and executives,
 * who stand apart), anybody signed in, or anybody at all.
 */
export type Access = Role | 'briefed' | 'signed_in' | 'anyone'

/**
 * What kind of door it is: `api` answers JSON to keys and sessions, `page` answers HTML to people and asks them to sign
 * in, `public` serves subscribers' pages and forms, `hook` is called by other services and proves itself in its handler.
 */
export type Door = 'api' | 'page' | 'public' | 'hook'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** One request on its way through a handler. */
export interface Call<Body = unknown, Query = unknown> {
  world: World
  acting: Acting
  params: Record<string, string>
  body: Body
  query: Query
  request: Request
  /** From If-Match: the version the caller last saw. */
  expectedVersion: number | null
  /** Form fields as typed, for the doors `page` and `public`. */
  form: Record<string, string>
}

/** A route as the table keeps it: what it is, who may, what goes in and out, and the handler that fits on a screen. */
export interface Route {
  method: Method
  /** Under `/api/v1` for the door `api`, else under the root of API_URL. */
  path: string
  door: Door
  access: Access
  /** May be posted to from other sites and without a cookie (one-click unsubscribe, hooks, the public form). */
  crossSite?: true
  /** Its handler checks a signature before anything else, so no purse is asked. */
  provesItself?: true
  /** Opens to whoever holds a link of this kind as well, by the `token` in its address. */
  link?: LinkKind
  /** Lets in who proves themselves in the Authorization header by something else than a key of ours. */
  admits?(world: World, request: Request): boolean
  /** Its body may hold this many bytes; without it, what every request may. */
  mostBytes?: number
  summary: string
  tag: string
  body?: z.ZodType
  query?: z.ZodType
  /**
   * Content types of a file that it takes instead of a body: the handler reads the request as it comes in. Taking a file
   * again has to be harmless, since an Idempotency-Key would need all of it first.
   */
  upload?: readonly string[]
  /** The answer when it is done. */
  answer?: { status: number; schema?: z.ZodType }
  /** Takes from the caller's purse before anything is begun; refuses when it is empty. */
  limit?(call: Pick<Call, 'world' | 'acting'>): Promise<void>
  /** Whether a second request with the same Idempotency-Key answers the first answer (POST of the door `api`). */
  handle(call: Call): Promise<Response>
}

type Typed<Body extends z.ZodType, Query extends z.ZodType> = Omit<Route, 'handle' | 'body' | 'query'> & {
  body?: Body
  query?: Query
  handle(call: Call<z.infer<Body>, z.infer<Query>>): Promise<Response>
}

/** Declares a route; the handler's body and query have the types of their schemas. */
export const route = <Body extends z.ZodType = z.ZodType<undefined>, Query extends z.ZodType = z.ZodType<undefined>>(
  declared: Typed<Body, Query>,
): Route => declared as unknown as Route

/** A JSON answer. */
export const json = (status: number, value: unknown, headers: Record<string, string> = {}): Response =>
  Response.json(value, { status, headers: { 'cache-control': 'no-store', ...headers } })

/** Done, nothing to say. */
export const noContent = (): Response => new Response(null, { status: 204 })
