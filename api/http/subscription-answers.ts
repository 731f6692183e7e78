import type { Call } from './route.ts'

/** Links with tokens are nobody else's to keep or to see (standards P22, X7). */
const PRIVATE = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' }

/** A page that a subscriber meets. */
export const html = (body: string, status = 200): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...PRIVATE } })

/** Whether a program asks, and not a browser. */
export const prefersJson = (request: Request): boolean => {
  const accept = request.headers.get('accept') ?? ''
  return accept.includes('application/json') && !accept.includes('text/html')
}

/** The token of a link in a message. */
export const tokenOf = ({ request }: Call): string => new URL(request.url).searchParams.get('token') ?? ''

/** What the buttons of a page behind such a link post to. */
export const actionOf = ({ request }: Call): string => new URL(request.url).pathname + new URL(request.url).search
