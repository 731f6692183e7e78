import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Coding } from './conditional.ts'
import { commonHeaders, contentSecurityPolicy, type Hosts, INERT_POLICY } from './security-headers.ts'

/** A public file as it is sent: ready in every coding, with its headers. */
export interface PublishedFile {
  hash: string
  lastModified: string
  bodies: Partial<Record<Coding, Buffer<ArrayBuffer>>> & { identity: Buffer<ArrayBuffer> }
  headers: Record<string, string>
  /** How often it has been sent; what is wanted often is compressed harder. */
  sent: number
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
  '.txt': 'text/plain; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}
/** What other sites' scripts may read. */
const OPEN_TO_ALL = ['.json', '.rss']
const COMPRESSED_ALREADY = ['.png', '.ico']

/** Below this a coding costs more than it saves. */
const WORTH_COMPRESSING = 256
/** Brotli while somebody waits takes 0.6 ms, the hardest 29 ms. */
const FAST = 5
const HARD = 11

export const isOpenToAll = (path: string): boolean => OPEN_TO_ALL.includes(extname(path))

/** Prepares a file for sending. `at` is the time at which its content last changed. */
export async function preparedFile(
  path: string,
  body: Buffer<ArrayBuffer>,
  at: string,
  hosts: Hosts,
): Promise<PublishedFile> {
  const compressible = body.length >= WORTH_COMPRESSING && !COMPRESSED_ALREADY.includes(extname(path))
  return {
    hash: createHash('sha256').update(body).digest('hex'),
    lastModified: new Date(at).toUTCString(),
    bodies: compressible ? { identity: body, ...(await compressed(body)) } : { identity: body },
    headers: headersOf(path, body, hosts),
    sent: 0,
  }
}

async function compressed(body: Buffer) {
  const [br, gz] = await Promise.all([brotli(body, FAST), promisify(gzip)(body)])
  return { br, gzip: gz as Buffer<ArrayBuffer> }
}

const brotli = async (body: Buffer, quality: number): Promise<Buffer<ArrayBuffer>> =>
  (await promisify(brotliCompress)(body, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length },
  })) as Buffer<ArrayBuffer>

/** Replaces the quick brotli by the hardest one, on another thread; whoever asks meanwhile gets the quick one. */
export async function compressHard(file: PublishedFile): Promise<void> {
  if (file.bodies.br) file.bodies.br = await brotli(file.bodies.identity, HARD)
}

function headersOf(path: string, body: Buffer, hosts: Hosts): Record<string, string> {
  const isPage = path.endsWith('.html')
  return {
    'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
    'cache-control': path.startsWith(HASHED) ? CACHED_FOR_EVER : CACHED,
    vary: 'Accept-Encoding',
    ...commonHeaders(hosts.site),
    'referrer-policy': 'strict-origin-when-cross-origin',
    'content-security-policy': isPage ? pagePolicy(body.toString('utf8'), hosts) : INERT_POLICY,
    ...(isOpenToAll(path) && { 'access-control-allow-origin': '*' }),
  }
}

const pagePolicy = (html: string, { api }: Hosts): string =>
  contentSecurityPolicy(html, html.includes('<script') ? { apiUrl: api, script: 'self' } : { apiUrl: api })
