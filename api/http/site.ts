import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Manifest } from '../publish/target.ts'
import { folderTarget } from '../publish/targets/folder.ts'
import { acceptedCoding, type Coding, isFresh } from './conditional.ts'
import { compressHard, isOpenToAll, type PublishedFile, preparedFile } from './published-file.ts'
import type { Hosts } from './security-headers.ts'

/** The published folder, served from memory. It asks no database, so it serves on while that is down. */
export interface PublishedSite {
  /** Null for what is none of the public site's business: other doors' paths. */
  fetch(request: Request): Promise<Response | null>
  /** Takes over what has been published; files that are the same stay in memory as they are. */
  refresh(manifest: Manifest): void
}

/** Files held in memory at most; those not asked for longest make room. */
const HELD = 500
/** After this many times sent, a file is worth the hardest compression. */
const OFTEN = 10
const NOT_OURS = /^\/(api\/v1|hooks|console)(\/|$)/

/** Opens the folder that the publisher keeps; serves what stands in it already at once. */
export async function openSite(folder: string, hosts: Hosts): Promise<PublishedSite> {
  let manifest = await folderTarget(folder).manifest()
  const shelf = makeShelf(folder, hosts)
  const find = async (path: string): Promise<PublishedFile | null> => {
    const entry = manifest && Object.hasOwn(manifest.files, path) ? manifest.files[path]! : null
    return entry && shelf.take(path, entry)
  }
  return {
    refresh(published) {
      manifest = published
    },
    async fetch(request) {
      const { pathname } = new URL(request.url)
      const path = filePath(pathname)
      const file = await find(path)
      if (file) return answer(request, path, file)
      return NOT_OURS.test(pathname) || !isReading(request) ? null : missing(request, await find('404.html'))
    },
  }
}

const isReading = (request: Request): boolean => request.method === 'GET' || request.method === 'HEAD'

/** The file behind an address: `/` and addresses without a suffix are pages. */
function filePath(pathname: string): string {
  const path = pathname.replace(/^\/|\/$/g, '')
  if (path === '') return 'index.html'
  return extname(path) === '' ? `${path}/index.html` : path
}

const SHORT_LINK = /^i\/([a-z0-9]{12})\/index\.html$/

function answer(request: Request, path: string, file: PublishedFile): Response {
  const shortened = SHORT_LINK.exec(path)?.[1]
  if (isReading(request)) return shortened ? forward(shortened, file) : send(request, file, 200)
  if (request.method === 'OPTIONS' && isOpenToAll(path)) return preflight(file)
  return new Response(null, { status: 405, headers: { allow: 'GET, HEAD' } })
}

const forward = (id: string, { headers }: PublishedFile): Response =>
  new Response(null, {
    status: 302,
    headers: { location: `/incidents/${id}`, 'cache-control': headers['cache-control']! },
  })

const preflight = ({ headers }: PublishedFile): Response =>
  new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': headers['access-control-allow-origin']!,
      'access-control-allow-methods': 'GET, HEAD',
      'access-control-allow-headers': '*',
      'access-control-max-age': '86400',
    },
  })

/** A page that says so, short-lived in caches: the address may exist in a moment. */
function missing(request: Request, page: PublishedFile | null): Response | null {
  if (!page) return null
  const headers = { ...page.headers, 'cache-control': 'public, max-age=15' }
  return send(request, { ...page, headers }, 404)
}

function send(request: Request, file: PublishedFile, status: 200 | 404): Response {
  file.sent += 1
  if (file.sent === OFTEN) void compressHard(file)
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

/** Files in memory, read when first asked for and again when the manifest names other bytes. */
function makeShelf(folder: string, hosts: Hosts) {
  const held = new Map<string, { hash: string; file: Promise<PublishedFile | null> }>()
  const read = async (path: string, at: string) => preparedFile(path, await readFile(join(folder, path)), at, hosts)
  const readOrKeep = (path: string, at: string, before: Promise<PublishedFile | null> | undefined) =>
    read(path, at).catch(() => {
      held.delete(path)
      return before ?? null
    })
  return {
    take(path: string, { hash, at }: Manifest['files'][string]): Promise<PublishedFile | null> {
      const before = held.get(path)
      held.delete(path)
      const file = before?.hash === hash ? before.file : readOrKeep(path, at, before?.file)
      held.set(path, { hash, file })
      if (held.size > HELD) held.delete(held.keys().next().value!)
      return file
    },
  }
}
