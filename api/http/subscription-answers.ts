import type { Language } from '../domain/pages.ts'
import type { Place } from '../domain/private-page.ts'
import type { Call } from './route.ts'
import type { Screens } from './world.ts'

/** Links with tokens are nobody else's to keep or to see (standards P22, X7). */
export const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' }

/** A page that a subscriber meets. */
export const html = (body: string, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...PRIVATE } })

/** Renders a page of subscribers, in their language, as the answer; in a place where it belongs to one. */
export const page = async <R extends keyof Screens & string>(
  { world }: Pick<Call, 'world'>,
  language: Language,
  name: R,
  handed: Screens[R],
  status = 200,
  place?: Place,
): Promise<Response> => html(await world.render(name, handed, language, place), status)

/** Whether a program asks, and not a browser. */
export const prefersJson = (request: Request): boolean => {
  const accept = request.headers.get('accept') ?? ''
  return accept.includes('application/json') && !accept.includes('text/html')
}

/** The token of a link in a message. */
export const tokenOf = ({ request }: Call): string => new URL(request.url).searchParams.get('token') ?? ''

/** What the buttons of a page behind such a link post to. */
export const actionOf = ({ request }: Call): string => new URL(request.url).pathname + new URL(request.url).search
