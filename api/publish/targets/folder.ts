import { readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { MINUTE } from '../../domain/duration.ts'
import {
  type Edition,
  HEARTBEAT,
  isNewer,
  type Manifest,
  type ReadyFile,
  Superseded,
  type Target,
  TWINS,
  type Twins,
} from '../target.ts'
import { keptRecord, parseJson } from './record.ts'
import { folderWriter } from './writer.ts'

/** Our own bookkeeping, which no web server is asked for. */
const OURS = '.sitrep'

/** The name of a folder as a target. */
export const folderName = (folder: string): string => `folder:${hostname()}:${resolve(folder)}`

/**
 * A folder that any web server can serve. A file is written aside and renamed, so that whoever reads it, at any moment
 * and after any crash, reads a whole one (standards P15). Its time is that of its content, so that a plain web server
 * tells `Last-Modified` as we do. A folder carries its own key: machines that share one exclude each other.
 */
export function folderTarget(folder: string, name = folderName(folder)): Target {
  const sealed = keptRecord(join(folder, OURS, 'manifest.json'), asManifest)
  const begun = keptRecord(join(folder, OURS, 'begun.json'), asEdition)
  const writer = folderWriter(folder, join(folder, OURS, 'growing'))
  const refuseOlder = (edition: Edition) => {
    const held = begun.read()
    if (isNewer(held, edition)) throw new Superseded(`${folder} holds revision ${held!.revision}`)
  }
  const record = (kept: typeof begun | typeof sealed, edition: Edition) =>
    writer.replace({ path: kept.within(folder), body: Buffer.from(JSON.stringify(edition)), changedAt: null })
  return {
    name,
    key: async () => folderKey(folder, writer),
    manifest: async () => sealed.read(),
    async begin(edition, replacing) {
      writer.prepare()
      if (!replacing) refuseOlder(edition)
      record(begun, edition)
    },
    async write(files, edition) {
      const written: string[] = []
      for (const file of files) {
        const first = writer.isFirst(file.path)
        const there = first ? null : writer.look(file.path)
        if (there?.size === file.body.length && writer.has(file.path, file.body)) continue
        refuseOlder(edition)
        writeWithTwins(writer, file, timeFor(file, there?.at ?? null), first)
        written.push(file.path)
      }
      return written
    },
    polish: async (path, body, twins) => polish(writer, path, body, twins),
    read: async (path) => (writer.look(path) ? readFileSync(join(folder, path)) : null),
    list: async () => listFiles(folder),
    async remove(path) {
      for (const each of [path, ...TWINS.map((suffix) => path + suffix)]) writer.drop(each)
    },
    async seal(manifest, edition) {
      writer.settle()
      refuseOlder(edition)
      record(sealed, manifest)
      writer.settle()
    },
    beat: heart(writer),
  }
}

type Writer = ReturnType<typeof folderWriter>

/** That of the change, in whole seconds as HTTP tells it, and always later than that of the bytes before. */
function timeFor({ changedAt }: ReadyFile, before: Date | null): Date {
  const earliest = before ? Math.floor(before.getTime() / 1000) + 1 : 0
  return new Date(Math.max(Math.floor(changedAt.getTime() / 1000), earliest) * 1000)
}

/**
 * Twins go first: a file that has its bytes has its twins, wherever writing broke off, and none is of older bytes. The
 * `first` files of a folder have none.
 */
function writeWithTwins(writer: Writer, { path, body, br }: ReadyFile, changedAt: Date, first: boolean): void {
  if (br) writer.replace({ path: `${path}.br`, body: br, changedAt })
  else if (!first) writer.drop(`${path}.br`)
  if (!first) writer.drop(`${path}.gz`)
  writer.replace({ path, body, changedAt })
}

function polish(writer: Writer, path: string, body: Uint8Array, { br, gz }: Twins): void {
  const there = writer.look(path)
  if (there?.size !== body.length || !writer.has(path, body)) return
  writer.replace({ path: `${path}.br`, body: br, changedAt: there.at })
  writer.replace({ path: `${path}.gz`, body: gz, changedAt: there.at })
  writer.settle()
}

/**
 * Once a minute is what readers expect; between two, nothing is written. It tells the minute alone, as does the time of the
 * file where nothing that readers see has changed: by the moment they could tell that something hidden had woken us.
 */
function heart(writer: Writer): Target['beat'] {
  let last: { minute: number; revision: number } | null = null
  return async (asOf, revision) => {
    const minute = Math.floor(asOf.getTime() / MINUTE) * MINUTE
    if (last?.minute === minute && last.revision === revision) return
    const body = Buffer.from(JSON.stringify({ as_of: new Date(minute).toISOString(), revision }))
    const moved = last !== null && last.revision !== revision
    writer.replace({ path: HEARTBEAT, body, changedAt: moved ? null : new Date(minute) })
    writer.settle()
    last = { minute, revision }
  }
}

/** A random name kept in the folder; the first to come writes it. */
function folderKey(folder: string, writer: Writer): string {
  const path = join(OURS, 'key')
  return writer.look(path) ? readFileSync(join(folder, path), 'utf8') : writer.keepFirst(path)
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.') && path !== HEARTBEAT && !TWINS.some((suffix) => path.endsWith(suffix)))
}

/** What makes no sense counts as none: everything is published anew. */
const asEdition = (text: string): Edition | null => {
  const value = parseJson(text) as Partial<Edition> | null
  return typeof value?.revision === 'number' && typeof value.page === 'string' ? (value as Edition) : null
}

const asManifest = (text: string): Manifest | null => {
  const edition = asEdition(text) as Partial<Manifest> | null
  return typeof edition?.build === 'string' ? (edition as Manifest) : null
}
