import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip as gzipCompress } from 'node:zlib'
import { feedUrl, isFeed } from '../domain/feeds.ts'
import type { Coding } from './conditional.ts'
import { commonHeaders, contentSecurityPolicy, type Hosts, INERT_POLICY } from './security-headers.ts'

/** A public file as it is sent: ready in every coding, with its headers. */
export interface PublishedFile {
  hash: string
  lastModified: string
  bodies: Partial<Record<Coding, Buffer<ArrayBuffer>>> & { identity: Buffer<ArrayBuffer> }
  headers: Record<string, string>
}

/** A file as it was read, with the twins that stand beside it. */
interface ReadFile {
  body: Buffer<ArrayBuffer>
  br: Buffer<ArrayBuffer> | null
  gzip: Buffer<ArrayBuffer> | null
}

/** Standards P16: at worst 45 s old, and a day old rather than gone while we are down. */
const CACHED = 'public, max-age=15, stale-while-revalidate=30, stale-if-error=86400'
const CACHED_FOR_EVER = 'public, max-age=31536000, immutable'
/** Where the compiled site keeps files with a hash in their name: other bytes are another file. */
const HASHED = '_astro/'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.rss': 'application/rss+xml; charset=utf-8',
  '.atom': 'application/atom+xml; charset=utf-8',
  '.ics': 'text/calendar; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}
/** What other sites' scripts may read. */
const OPEN_TO_ALL = ['.json', '.rss', '.atom', '.ics']
/** Files whose type their suffix does not tell. */
const TYPES_BY_NAME: Record<string, string> = { 'feed.json': 'application/feed+json; charset=utf-8' }
/** The content type of a file, by its name. */
export const typeOfFile = (path: string): string =>
  TYPES_BY_NAME[path] ?? TYPES[extname(path)] ?? 'application/octet-stream'

const COMPRESSED_ALREADY = ['.png', '.ico']

/** Below this a coding costs more than it saves. */
const WORTH_COMPRESSING = 256
/** Brotli while somebody waits takes 0.6 ms. */
const FAST = 5

/** Lets scripts of other sites read an answer. */
export const OPEN_HEADERS = { 'access-control-allow-origin': '*' }

export const isOpenToAll = (path: string): boolean => OPEN_TO_ALL.includes(extname(path))

/** Prepares a file for sending; codings that do not stand beside it are made. `at`: when its content last changed. */
export async function preparedFile(
  path: string,
  { body, br, gzip }: ReadFile,
  at: Date,
  hosts: Hosts,
): Promise<PublishedFile> {
  const compressible = body.length >= WORTH_COMPRESSING && !COMPRESSED_ALREADY.includes(extname(path))
  return {
    hash: createHash('sha256').update(body).digest('hex'),
    lastModified: at.toUTCString(),
    bodies: compressible
      ? { identity: body, br: br ?? (await brotli(body)), gzip: gzip ?? (await gzipped(body)) }
      : { identity: body },
    headers: headersOf(path, body, hosts),
  }
}

const gzipped = async (body: Buffer): Promise<Buffer<ArrayBuffer>> =>
  (await promisify(gzipCompress)(body)) as Buffer<ArrayBuffer>

const brotli = async (body: Buffer): Promise<Buffer<ArrayBuffer>> =>
  (await promisify(brotliCompress)(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: FAST, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  })) as Buffer<ArrayBuffer>

/** What every answer of the public site carries; may do nothing at all, unless it is a page. */
export const inertHeaders = (hosts: Hosts): Record<string, string> => ({
  ...commonHeaders(hosts.site),
  'referrer-policy': 'strict-origin-when-cross-origin',
  'content-security-policy': INERT_POLICY,
})

function headersOf(path: string, body: Buffer, hosts: Hosts): Record<string, string> {
  return {
    'content-type': typeOfFile(path),
    'cache-control': path.startsWith(HASHED) ? CACHED_FOR_EVER : CACHED,
    vary: 'Accept-Encoding',
    ...inertHeaders(hosts),
    ...(path.endsWith('.html') && { 'content-security-policy': pagePolicy(body.toString('utf8'), hosts) }),
    ...(isOpenToAll(path) && OPEN_HEADERS),
    ...(hosts.hub && isFeed(path) && { link: hubLinks(path, hosts.site, hosts.hub) }),
  }
}

/** By which WebSub's subscribers find out where to ask, and for what (standards F10). */
const hubLinks = (path: string, publicUrl: string, hub: string): string =>
  `<${hub}>; rel="hub", <${feedUrl({ publicUrl }, path)}>; rel="self"`

const pagePolicy = (html: string, { api }: Hosts): string =>
  contentSecurityPolicy(html, { apiUrl: api, script: 'inline' })
