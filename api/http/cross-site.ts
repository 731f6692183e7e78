/** What a request tells about where it comes from. */
export interface Origin {
  method: string
  secFetchSite: string | null
  origin: string | null
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Whether a request with a session's cookie may change something (standards X2): safe methods always; else the browser's
 * own word that it comes from here (Sec-Fetch-Site), and without that word an Origin of ours. What the browser calls
 * cross-site is refused whatever its Origin says.
 */
export function mayChange(request: Origin, ourOrigins: readonly string[]): boolean {
  if (SAFE.has(request.method)) return true
  if (request.secFetchSite === 'cross-site') return false
  return request.secFetchSite === 'same-origin' || isOurs(request, ourOrigins)
}

const isOurs = ({ origin }: Origin, ourOrigins: readonly string[]): boolean =>
  origin !== null && ourOrigins.includes(origin)
