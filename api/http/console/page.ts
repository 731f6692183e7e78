import { Refusal } from '../../domain/refusal.ts'
import type { ConsoleScreens } from '../../domain/screens.ts'
import type { Call } from '../route.ts'
import type { Screens, World } from '../world.ts'

/** Headers of pages whose address holds a token: nobody keeps them, nobody is told the address (standards P22, X7). */
export const TOKEN_PAGE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }

/** Renders a screen as the answer. */
export async function show<R extends keyof ConsoleScreens & string>(
  world: World,
  name: R,
  screen: Screens[R],
  status = 200,
  headers: Record<string, string> = {},
): Promise<Response> {
  const html = await world.render(name, screen)
  return new Response(html, {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
  })
}

/** Done; the browser goes on to `path` with a GET, so that reloading does not do it again. */
export function seeOther(path: string, cookies: Headers = new Headers()): Response {
  const headers = new Headers(cookies)
  headers.set('location', path)
  headers.set('cache-control', 'no-store')
  return new Response(null, { status: 303, headers })
}

/** The token in the address of a link. */
export const tokenOf = ({ request }: Pick<Call, 'request'>): string =>
  new URL(request.url).searchParams.get('token') ?? ''

/** Where a form on a token page posts to: the page's own address, token included. */
export function ownAddress({ request }: Pick<Call, 'request'>): string {
  const { pathname, search } = new URL(request.url)
  return pathname + search
}

/** A path of ours to go on to, or null: begins with exactly one slash and holds nothing a browser could read otherwise. */
export const localPath = (path: string | null | undefined): string | null =>
  path && path.length <= 500 && /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(path) ? path : null

/** What came of an attempt whose refusal is shown in its form. */
export type Attempt<T> = { done: T } | { refused: Refusal }

/** Does something that may be refused because of what was typed; other refusals travel on. */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { done: await work() }
  } catch (refused) {
    if (refused instanceof Refusal && ['invalid', 'conflict', 'stale'].includes(refused.kind)) return { refused }
    throw refused
  }
}
