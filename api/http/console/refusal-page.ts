import type { Actor } from '../../actions/acting.ts'
import { machineNow } from '../../clock.ts'
import type { GonePage } from '../../domain/pages.ts'
import type { Refusal, RefusalKind } from '../../domain/refusal.ts'
import { covers } from '../../domain/role.ts'
import type { Shell } from '../../domain/screen-parts.ts'
import { headersOf, problemResponse, statusOf } from '../answers.ts'
import { authenticate, somebody } from '../authenticate.ts'
import type { Route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { languageAsked } from '../subscription-forms.ts'
import type { World } from '../world.ts'
import { carriedIn, pathAfter } from './carried.ts'
import { emptyForm } from './forms.ts'
import { seeOther, show, TOKEN_PAGE } from './page.ts'
import { shellFor } from './shell.ts'

/**
 * What a person is shown when a page or a form of theirs is refused. Without a session: the way to sign in, and what
 * they had typed goes with them. Programs that ask for JSON get problem details.
 */
export async function refusalPage(
  world: World,
  route: Route,
  request: Request,
  text: string,
  refusal: Refusal,
): Promise<Response> {
  if (prefersJson(request.headers.get('accept'))) return problemResponse(refusal)
  if (route.door === 'public') return publicRefusal(world, request, refusal)
  if (refusal.kind === 'unauthenticated') return askToSignIn(world, request, text, refusal)
  const shell = await shellFor(world, await viewerOf(world, request))
  const screen = { shell, title: TITLES[refusal.kind], sentences: sentencesOf(refusal), link: wayOut(shell) }
  return show(world, 'console/message', screen, statusOf(refusal), { ...TOKEN_PAGE, ...headersOf(refusal) })
}

const TITLES: Record<RefusalKind, string> = {
  malformed: 'That could not be read',
  unauthenticated: 'Sign in first',
  forbidden: 'This is not open to you',
  not_found: 'There is nothing here',
  conflict: 'That cannot be done now',
  gone: 'That link is used up',
  stale: 'Somebody was faster',
  too_large: 'That is too much at once',
  unsupported_type: 'That could not be read',
  invalid: 'Something is not right',
  too_many: 'Too many tries',
}

/** Executives have a page of their own and nothing else of the console. */
function wayOut({ viewer }: Shell): { href: string; text: string } {
  if (viewer === null) return { href: '/console/sign-in', text: 'Sign in' }
  return covers(viewer.role, 'viewer')
    ? { href: '/console', text: 'To the console' }
    : { href: '/console/brief', text: 'To the briefings' }
}

const sentencesOf = ({ message, errors }: Refusal): string[] => [
  message,
  ...errors.map((error) => error.message).filter((each) => each !== message),
]

/** What a person is shown when something of ours failed. */
export const faultPage = (world: World, requestId: string): Promise<Response> =>
  plainPage(world, 500, 'Something failed on our side', [
    'Nothing was changed. Go back, and try again.',
    `Quote ${requestId} when you report it.`,
  ])

/** A page with a few sentences. It asks nothing of the database, which may be what is wrong. */
export function plainPage(world: World, status: number, title: string, sentences: string[]): Promise<Response> {
  const nobody = { viewer: null, may: { speak: false, administer: false }, banners: [], notice: null }
  const now = new Date(machineNow()).toISOString()
  const shell: Shell = { now, company: 'Sitrep', siteUrl: world.urls.site, ...nobody }
  return show(world, 'console/message', { shell, title, sentences, link: null }, status, TOKEN_PAGE)
}

/** Somebody without a session. A page comes back after signing in; a form's fields go along through the sign-in. */
async function askToSignIn(world: World, request: Request, text: string, refusal: Refusal): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  if (request.method === 'GET') return seeOther(`/console/sign-in?to=${encodeURIComponent(pathname + search)}`)
  const carried = carriedIn(request, text)
  const screen = {
    shell: await shellFor(world, somebody('')),
    form: emptyForm(),
    ended: carried !== null,
    carried,
    returnTo: pathAfter(pathname),
  }
  return show(world, 'console/sign-in', screen, statusOf(refusal), headersOf(refusal))
}

async function viewerOf(world: World, request: Request): Promise<Actor> {
  return authenticate(world, request, '').catch(() => somebody(''))
}

/** Subscribers are told in their own pages and their language, without a word about the console. */
async function publicRefusal(world: World, request: Request, refusal: Refusal): Promise<Response> {
  const status = statusOf(refusal)
  const headers = { ...TOKEN_PAGE, ...headersOf(refusal) }
  const why = whyGone(request, refusal)
  if (why === null)
    return new Response(`${refusal.message}\n`, {
      status,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    })
  const { company } = await publicNow(world)
  const html = await world.render(
    '/subscription/gone',
    { company, why },
    languageAsked(request.headers.get('accept-language')),
  )
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8', ...headers } })
}

/** What is wrong with a link of theirs; null where something else is refused. */
function whyGone({ url }: Request, { kind }: Refusal): GonePage['why'] | null {
  const { pathname } = new URL(url)
  if (kind === 'not_found') return /^\/(subscriptions|s)\//.test(pathname) ? 'incomplete' : null
  if (kind !== 'gone') return null
  return pathname.startsWith('/s/') ? 'old_text' : 'old'
}

/** Whether an Accept header puts JSON before HTML. */
export function prefersJson(accept: string | null): boolean {
  const weights = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.trim().toLowerCase().split(';')
    const weight = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find((found) => found !== undefined)
    return { type: type.trim(), weight: Number(weight ?? 1) }
  })
  const best = (wanted: RegExp) =>
    Math.max(0, ...weights.filter(({ type }) => wanted.test(type)).map(({ weight }) => weight))
  return best(/^application\/([\w.-]+\+)?json$/) > best(/^text\/html$/)
}
