import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SiteAddress } from '../domain/page-views.ts'

/** Our code, and the words of feeds. */
const FOLDERS = ['.', '../domain', '../../templates/words'].map((folder) => join(import.meta.dirname, folder))

/** The code that makes documents of data, as one hash: after an upgrade everything is made anew, once. */
const sourceHash = (): string => {
  const hash = createHash('sha256')
  for (const folder of FOLDERS)
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((each) => /\.(ts|json)$/.test(each))
      .sort())
      hash.update(name).update(readFileSync(join(folder, name)))
  return hash.digest('hex')
}

const SOURCES = sourceHash()

/** Names everything but the data that published bytes depend on: our code, the compiled site, the addresses. */
export const buildOf = (rendererBuildId: string, { publicUrl, apiUrl, hub = null }: SiteAddress): string =>
  createHash('sha256')
    .update(JSON.stringify([SOURCES, rendererBuildId, publicUrl, apiUrl, hub]))
    .digest('hex')
    .slice(0, 16)
