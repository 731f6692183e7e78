import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { exportTables } from '../../db/backup/export.ts'
import type { Database } from '../../db/client.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Command, required } from './command.ts'

export const exportCommand: Command = {
  name: 'export',
  usage: '--out DIR',
  summary: [
    'Write all data as JSON lines, a file for each table, of one instant, while the service runs or not.',
    'Passwords, keys and secrets are left out; addresses are in it. A backup is what "sitrep restore" reads.',
  ].join('\n      '),
  options: { out: { type: 'string' } },
  async run(_acting, typed, { db }) {
    const folder = resolve(required(typed, 'out'))
    await refuseUsed(folder)
    const tables = await exportInto(db, folder)
    const rows = tables.reduce((sum, table) => sum + table.rows, 0)
    const lines = tables.filter((table) => table.rows > 0).map((table) => `  ${table.file}: ${table.rows}`)
    return {
      text: [`${folder}: ${rows} rows of ${tables.length} tables`, ...lines].join('\n'),
      json: { folder, tables },
    }
  },
}

/** Nothing of anybody's is written over, and two exports are never mixed. */
async function refuseUsed(folder: string): Promise<void> {
  const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new Refusal('invalid', `${folder} cannot be written: ${error.message}`)
  })
  if (there.length > 0) throw new Refusal('invalid', `${folder} is not empty; name a folder that is new or empty.`)
}

interface WrittenTable {
  table: string
  file: string
  rows: number
}

/** Written aside and renamed: a folder of that name is always whole. Only its owner may read it. */
async function exportInto(db: Database, folder: string): Promise<WrittenTable[]> {
  const aside = `${folder}.partial`
  const written: WrittenTable[] = []
  try {
    await rm(aside, { recursive: true, force: true })
    await mkdir(aside, { recursive: true, mode: 0o700 })
    for await (const { table, lines } of exportTables(db)) {
      const file = `${table}.jsonl`
      let rows = 0
      const counted = async function* (source: AsyncIterable<Buffer>) {
        for await (const block of source) {
          rows += block.toString('latin1').split('\n').length - 1
          yield block
        }
      }
      await pipeline(lines, counted, createWriteStream(join(aside, file), { flush: true, mode: 0o600 }))
      written.push({ table, file, rows })
    }
    await rename(aside, folder)
    return written
  } catch (error) {
    await rm(aside, { recursive: true, force: true })
    if (typeof (error as NodeJS.ErrnoException).syscall === 'string')
      throw new Refusal('invalid', `${folder} cannot be written: ${(error as Error).message}`)
    throw error
  }
}
