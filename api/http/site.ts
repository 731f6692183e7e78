import { readFile, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { LANGUAGES } from '../domain/pages.ts'
import { HEARTBEAT, TWINS } from '../publish/target.ts'
import { acceptedCoding, type Coding, isFresh } from './conditional.ts'
import { inertHeaders, isOpenToAll, OPEN_HEADERS, type PublishedFile, preparedFile } from './published-file.ts'
import type { Hosts } from './security-headers.ts'

/** The published folder, served from memory. It asks no database, so it serves on while that is down. */
export interface PublishedSite {
  /** Null for what is none of the public site's business: other doors' paths. */
  fetch(request: Request): Promise<Response | null>
  /** The folder holds this edition now: what lies in memory is looked at again when next asked for. */
  refresh(edition: string): void
  /** One file has been compressed harder. */
  forget(path: string): void
}

/** Files held in memory at most; those not asked for longest make room. */
const HELD = 500
const NOT_OURS = /^\/(api\/v1|hooks|console)(\/|$)/

/** Opens the folder that the publisher keeps; serves what stands in it already at once. */
export function openSite(folder: string, hosts: Hosts): PublishedSite {
  const shelf = makeShelf(folder, hosts)
  let held = ''
  return {
    refresh(published) {
      if (published !== held) shelf.doubt()
      held = published
    },
    forget: shelf.drop,
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const path = filePath(pathname)
      const file = path === null ? null : await shelf.take(path)
      if (!file && NOT_OURS.test(pathname)) return null
      if (request.method === 'OPTIONS' && isOpenToAll(pathname)) return bare(204, PREFLIGHT, hosts)
      if (file) return answer(request, path!, file, hosts)
      return isReading(request) ? missing(request, await shelf.take(notFoundFor(pathname))) : null
    },
  }
}

const isReading = (request: Request): boolean => request.method === 'GET' || request.method === 'HEAD'

/** Names that files of ours can have: nothing hidden, nothing outside, no twin by its own name. */
const NAME = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/

/** The file behind an address: `/` and addresses without a suffix are pages. Null where none can be. */
function filePath(pathname: string): string | null {
  const path = pathname.replace(/^\/|\/$/g, '')
  if (path === '') return 'index.html'
  if (!NAME.test(path) || TWINS.some((suffix) => path.endsWith(suffix))) return null
  return extname(path) === '' ? `${path}/index.html` : path
}

/** The page of a missing address speaks the language of the address. */
function notFoundFor(pathname: string): string {
  const language = LANGUAGES.slice(1).find((each) => pathname === `/${each}` || pathname.startsWith(`/${each}/`))
  return language ? `${language}/404.html` : '404.html'
}

const SHORT_LINK = /^([im])\/([a-z0-9]{12})\/index\.html$/
const LONG = { i: 'incidents', m: 'maintenance' }

function answer(request: Request, path: string, file: PublishedFile, hosts: Hosts): Response {
  if (!isReading(request)) return bare(405, { allow: 'GET, HEAD' }, hosts)
  const [, kind, id] = SHORT_LINK.exec(path) ?? []
  if (!id) return send(request, file, 200)
  const location = `/${LONG[kind as 'i' | 'm']}/${id}`
  return bare(302, { location, 'cache-control': file.headers['cache-control']! }, hosts)
}

/** What a browser asks before another site's script may read a file, be it there or not. */
const PREFLIGHT = {
  ...OPEN_HEADERS,
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
}

/** An answer that is all headers. */
const bare = (status: number, own: Record<string, string>, hosts: Hosts): Response =>
  new Response(null, { status, headers: { ...inertHeaders(hosts), ...own } })

/**
 * A page that says so, short-lived in caches: the address may exist in a moment. Scripts of other sites may read that a
 * file of theirs to read is missing; without leave they would take it for a broken network.
 */
function missing(request: Request, page: PublishedFile | null): Response | null {
  if (!page) return null
  const open = isOpenToAll(new URL(request.url).pathname) && OPEN_HEADERS
  const headers = { ...page.headers, ...open, 'cache-control': 'public, max-age=15' }
  return send(request, { ...page, headers }, 404)
}

function send(request: Request, file: PublishedFile, status: 200 | 404): Response {
  const accepted = acceptedCoding(request.headers)
  const coding = file.bodies[accepted] ? accepted : 'identity'
  const etag = tagOf(file.hash, coding)
  const headers = { ...file.headers, etag, 'last-modified': file.lastModified }
  if (status === 200 && isFresh(request.headers, etag, file.lastModified))
    return new Response(null, { status: 304, headers })
  const body = file.bodies[coding]!
  return new Response(request.method === 'HEAD' ? null : body, {
    status,
    headers: {
      ...headers,
      'content-length': String(body.length),
      ...(coding === 'identity' ? {} : { 'content-encoding': coding }),
    },
  })
}

/** Strong, so each coding has its own; 128 bits of the hash are plenty. */
const tagOf = (hash: string, coding: Coding): string =>
  `"${hash.slice(0, 32)}${coding === 'identity' ? '' : `-${coding}`}"`

interface Held {
  /** What the file's place looked like when it was read. */
  mark: string
  /** Looked at since the last doubt. */
  sure: boolean
  file: Promise<PublishedFile | null>
}

/** Files in memory, read when first asked for, and again when the folder has changed and they have. */
function makeShelf(folder: string, hosts: Hosts) {
  const held = new Map<string, Held>()
  const look = async (path: string): Promise<PublishedFile | null> => {
    const before = held.get(path)
    const mark = await markOf(join(folder, path))
    if (mark === null) {
      held.delete(path)
      return null
    }
    if (mark === 'unreadable') return before?.file ?? null
    if (before?.mark === mark) {
      before.sure = true
      return before.file
    }
    const file = readPrepared(folder, path, hosts).catch(() => before?.file ?? null)
    held.set(path, { mark, sure: true, file })
    if (held.size > HELD) held.delete(held.keys().next().value!)
    return file
  }
  return {
    doubt() {
      for (const each of held.values()) each.sure = false
    },
    drop(path: string) {
      held.delete(path)
    },
    take(path: string): Promise<PublishedFile | null> {
      const known = held.get(path)
      if (!known?.sure || path === HEARTBEAT) return look(path)
      held.delete(path)
      held.set(path, known)
      return known.file
    },
  }
}

/** Changes whenever another file has been put in its place; null where there is none, `unreadable` where nobody knows. */
async function markOf(path: string): Promise<string | null> {
  try {
    const there = await stat(path)
    return there.isFile() ? `${there.ino} ${there.mtimeMs} ${there.size}` : null
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '') ? null : 'unreadable'
  }
}

/** Twins are taken as they stand beside the file, unless they are of other bytes: they carry the same time. */
async function readPrepared(folder: string, path: string, hosts: Hosts): Promise<PublishedFile> {
  const place = join(folder, path)
  const body = await readFile(place)
  const { mtimeMs } = await stat(place)
  const twin = async (suffix: string) => {
    const there = await stat(place + suffix).catch(() => null)
    return there?.mtimeMs === mtimeMs ? await readFile(place + suffix) : null
  }
  return preparedFile(path, { body, br: await twin('.br'), gzip: await twin('.gz') }, new Date(mtimeMs), hosts)
}
