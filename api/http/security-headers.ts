import { createHash } from 'node:crypto'

/** Where the service is reached: the public page, and console, API and forms. */
export interface Hosts {
  site: string
  api: string
  /** The WebSub hub that tells of the site's feeds. */
  hub?: string | null
}

interface PolicyOptions {
  apiUrl: string
  /**
   * Scripts and connections are allowed only where a page has a use for them: files of our own host, or what stands in
   * the page itself, by its hash.
   */
  script?: 'self' | 'inline'
  /** Documents that stand in the page itself (`srcdoc`): they live under its policy, and each brings its own styles. */
  framed?: readonly string[]
}

/** One year, with every name below (standards P22). */
const HSTS = 'max-age=31536000; includeSubDomains'

/**
 * The Content-Security-Policy of a page (standards P22): nothing but what it brings itself. Styles are allowed by the
 * hash of the page's own `<style>` elements, so neither injected ones nor style attributes apply.
 */
export function contentSecurityPolicy(html: string, { apiUrl, script, framed = [] }: PolicyOptions): string {
  const styles = [...new Set([...hashesOf('style', html), ...framed.flatMap(framedStyles)])]
  const scripts = script === 'inline' ? hashesOf('script', html) : ["'self'"]
  const policy = {
    'default-src': "'none'",
    'style-src': styles.length > 0 ? styles.join(' ') : "'none'",
    'img-src': "'self' data:",
    ...(script && scripts.length > 0 && { 'script-src': scripts.join(' '), 'connect-src': "'self'" }),
    'form-action': `'self' ${new URL(apiUrl).origin}`,
    'base-uri': "'none'",
    'object-src': "'none'",
    'frame-ancestors': "'none'",
  }
  return Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join('; ')
}

/** The policy of what is not a page: it may do nothing at all. */
export const INERT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What may stand inside a tag; within quotes that is anything. */
const INSIDE = `(?:[^>"']|"[^"]*"|'[^']*')*`
/** Scripts and styles with their text, and comments and every other tag: what stands within one of those is neither. */
const TAGS = new RegExp(`<!--[\\s\\S]*?-->|<(script|style)\\b${INSIDE}>([\\s\\S]*?)</\\1\\s*>|<[a-z/!]${INSIDE}>`, 'gi')

/** A mail's styles stand in its tags: each is allowed by its hash, and still none that is not there (CSP 3, unsafe-hashes). */
function framedStyles(html: string): string[] {
  const attributes = [...html.matchAll(/\sstyle="([^"]*)"/g)].map(([, text]) => text!)
  return [...hashesOf('style', html), ...(attributes.length > 0 ? ["'unsafe-hashes'", ...attributes.map(hashOf)] : [])]
}

/** What allows the elements that stand in the page with their text, each by its hash. */
function hashesOf(element: 'style' | 'script', html: string): string[] {
  const found = [...html.matchAll(TAGS)].filter(([, name]) => name?.toLowerCase() === element)
  return [...new Set(found.map(([, , text]) => hashOf(text!)))]
}

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Headers of every answer, whatever it holds; HSTS only where `url` is reached by https. */
export const commonHeaders = (url: string): Record<string, string> => ({
  'x-content-type-options': 'nosniff',
  ...(url.startsWith('https:') && { 'strict-transport-security': HSTS }),
})

/**
 * Adds what console, API and subscription pages carry, leaving alone what the handler has set itself. Not stored by
 * anybody; no address of ours is told to other sites, and `Origin` still comes with forms (`no-referrer` would blank it).
 */
export async function withSecurityHeaders(response: Response, hosts: Hosts): Promise<Response> {
  const isPage = response.headers.get('content-type')?.startsWith('text/html') ?? false
  const html = isPage ? await response.text() : null
  const wanted = {
    ...commonHeaders(hosts.api),
    'referrer-policy': 'same-origin',
    'cache-control': 'no-store',
    'content-security-policy':
      html === null ? INERT_POLICY : contentSecurityPolicy(html, { apiUrl: hosts.api, script: 'self' }),
  }
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(wanted)) if (!headers.has(name)) headers.set(name, value)
  return new Response(html ?? response.body, { status: response.status, headers })
}
