import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Edition, isNewer, type Manifest, Superseded, type Target } from '../target.ts'

const MANIFEST = '.sitrep/manifest.json'
/** Files grow here before they are renamed into place, on the same file system as the site. */
const GROWING = '.sitrep/growing'

/**
 * A folder that any web server can serve. A file is written aside, flushed and renamed, so that whoever reads it, at any
 * moment and after any crash, reads a whole one (standards P15). `name` must be the same in every process that
 * publishes into this folder; machines that share one have to agree on it.
 */
export function folderTarget(folder: string, name = `folder:${hostname()}:${resolve(folder)}`): Target {
  const { manifest, remember } = manifestReader(join(folder, MANIFEST))
  const refuseOlder = async (edition: Edition) => {
    const held = await manifest()
    if (isNewer(held, edition)) throw new Superseded(`${folder} holds revision ${held!.revision}`)
  }
  return {
    name,
    manifest,
    async write(path, body, edition) {
      if (await holds(join(folder, path), body)) return false
      await refuseOlder(edition)
      await replace(folder, path, body)
      return true
    },
    remove: (path) => rm(join(folder, path), { force: true }),
    async seal(sealed) {
      await refuseOlder(sealed)
      await replace(folder, MANIFEST, Buffer.from(JSON.stringify(sealed)))
      await remember(sealed)
      await sweep(folder)
    },
  }
}

/** Reads the manifest, and parses it only when another one has been put in place: it grows with history. */
function manifestReader(path: string) {
  let known: { mark: string; manifest: Manifest | null } | null = null
  return {
    async manifest(): Promise<Manifest | null> {
      const mark = await markOf(path)
      if (mark === null) return null
      if (known?.mark !== mark) known = { mark, manifest: parseManifest(await readFile(path, 'utf8')) }
      return known.manifest
    },
    async remember(manifest: Manifest) {
      const mark = await markOf(path)
      if (mark !== null) known = { mark, manifest }
    },
  }
}

/** Changes with every replacement: a renamed file is another inode. Null where there is none. */
async function markOf(path: string): Promise<string | null> {
  const there = await stat(path, { bigint: true }).catch(unlessMissing)
  return there && `${there.ino} ${there.mtimeNs} ${there.size}`
}

/** What is not a manifest counts as none: everything is published anew. */
function parseManifest(text: string): Manifest | null {
  try {
    const manifest = JSON.parse(text) as Manifest
    return typeof manifest.revision === 'number' && typeof manifest.files === 'object' ? manifest : null
  } catch {
    return null
  }
}

async function holds(path: string, body: Uint8Array): Promise<boolean> {
  const bytes = await readFile(path).catch(unlessMissing)
  return bytes?.equals(body) ?? false
}

async function replace(folder: string, path: string, body: Uint8Array): Promise<void> {
  const place = join(folder, path)
  const growing = join(folder, GROWING, randomUUID())
  await mkdir(dirname(place), { recursive: true })
  await mkdir(dirname(growing), { recursive: true })
  try {
    await writeFlushed(growing, body)
    await rename(growing, place)
  } catch (error) {
    await rm(growing, { force: true })
    throw error
  }
}

async function writeFlushed(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o644)
  try {
    await file.writeFile(body)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Takes away what a killed publisher left half-grown. Only one publishes at a time: nothing here is anybody's. */
async function sweep(folder: string): Promise<void> {
  const growing = join(folder, GROWING)
  for (const name of await readdir(growing)) await rm(join(growing, name), { force: true })
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
