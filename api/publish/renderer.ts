import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Language, PublicPages, SubscriptionPages } from '../domain/pages.ts'
import type { Place } from '../domain/private-page.ts'
import { buildSiteIfStale } from './site-build.ts'

export { buildSiteIfStale } from './site-build.ts'

/** Calls the compiled pages. `Screens` says what each route is handed; the console adds its own. */
export interface Renderer<Screens = PublicPages & SubscriptionPages> {
  /**
   * A complete HTML document, the same bytes for the same data; in English unless told otherwise, and of the public site
   * unless it is for a place. Throws, naming the route, when there is no such page or the page fails.
   */
  render<Route extends keyof Screens & string>(
    route: Route,
    data: Screens[Route],
    language?: Language,
    place?: Place,
  ): Promise<string>
  /** Hash of the site's sources: changes when pages may look different for the same data. */
  buildId: string
  /** The compiled site; other threads load it from there. */
  directory: string
  /** The compiled copy of `site/public`: files to serve as they are. */
  publicDir: string
}

interface Locals {
  page: unknown
  failure?: unknown
}

interface CompiledSite {
  render(route: string, locals: Locals, language: Language, place?: Place): Promise<Response>
}

/** The page of a missing address answers 404 by nature; every other page answers 200. */
const expectedStatus = (route: string): number => (route === '/404' ? 404 : 200)

async function renderPage(
  site: CompiledSite,
  route: string,
  page: unknown,
  language: Language,
  place?: Place,
): Promise<string> {
  const locals: Locals = { page }
  const response = await site.render(route, locals, language, place)
  if (locals.failure) throw new Error(`The page ${route} could not be rendered.`, { cause: locals.failure })
  if (response.status !== expectedStatus(route))
    throw new Error(`The page ${route} could not be rendered: it answered ${response.status}.`)
  return response.text()
}

/**
 * The renderer of the site below `rootDir`, built first when stale. Loading takes 0.1 s; then a page costs one to ten
 * milliseconds.
 */
export async function loadRenderer<Screens = PublicPages & SubscriptionPages>(
  rootDir: string,
): Promise<Renderer<Screens>> {
  const { buildId, directory } = await buildSiteIfStale(rootDir)
  return {
    render: await openCompiled<Screens>(directory),
    buildId,
    directory,
    publicDir: join(directory, 'client'),
  }
}

/** The pages of a site that has been compiled into `directory`. */
export async function openCompiled<Screens = PublicPages & SubscriptionPages>(
  directory: string,
): Promise<Renderer<Screens>['render']> {
  const entry = pathToFileURL(join(directory, 'server', 'entry.mjs')).href
  const site = (await import(/* @vite-ignore */ entry)) as CompiledSite
  return (route, data, language = 'en', place) => renderPage(site, route, data, language, place)
}

/** What a Content-Security-Policy must allow for the `<style>` elements of `html`: `'sha256-…'` each, once. */
export const styleSources = (html: string): string[] => {
  const sheets = [...html.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map(([, css]) => css!)
  const hashed = sheets.map((css) => `'sha256-${createHash('sha256').update(css).digest('base64')}'`)
  return [...new Set(hashed)]
}
