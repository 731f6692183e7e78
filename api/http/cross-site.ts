/** What a request tells about where it comes from. */
export interface Origin {
  method: string
  secFetchSite: string | null
  origin: string | null
  referer: string | null
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request with a session's cookie may change something (standards X2): safe methods always; else the browser's
 * own word that it comes from here (Sec-Fetch-Site), and without that word an Origin of ours. What the browser calls
 * cross-site is refused whatever its Origin says. A text browser (w3m) knows neither and tells the page it comes from: then
 * that must be one of ours (OWASP CSRF Prevention, "Verifying Origin With Standard Headers").
 */
export function mayChange(request: Origin, ourOrigins: readonly string[]): boolean {
  if (SAFE.has(request.method)) return true
  if (request.secFetchSite === 'cross-site') return false
  return request.secFetchSite === 'same-origin' || isOurs(request, ourOrigins)
}

function isOurs({ secFetchSite, origin, referer }: Origin, ourOrigins: readonly string[]): boolean {
  const from = origin ?? (secFetchSite === null ? originOf(referer) : null)
  return from !== null && ourOrigins.includes(from)
}

const originOf = (referer: string | null): string | null => URL.parse(referer ?? '')?.origin ?? null
