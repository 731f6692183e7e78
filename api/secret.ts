import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../db/folders.ts'

/** In the data folder; only its owner reads it. */
export const SECRET_FILE = 'secret'

/**
 * The secret kept in `dataDir`, made on first use (256 random bits, mode 0600). Processes that come at the same time get
 * the same one. Throws the file system's error when the folder cannot be written.
 */
export async function keptSecret(dataDir: string): Promise<string> {
  await makeFolder(dataDir)
  const file = join(dataDir, SECRET_FILE)
  return (await read(file)) ?? make(file)
}

async function read(file: string): Promise<string | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return text?.trim() || null
}

/** Written whole and lastingly aside, then linked in place, which fails when somebody was first. */
async function make(file: string): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  const aside = `${file}.${randomBytes(6).toString('hex')}`
  const handle = await open(aside, 'w', 0o600)
  await handle.writeFile(`${secret}\n`)
  await handle.sync()
  await handle.close()
  const first = await link(aside, file).then(
    () => true,
    () => false,
  )
  await rm(aside)
  const kept = first ? secret : await read(file)
  if (kept === null) throw new Error(`${file} is empty; delete it, or set SECRET.`)
  return kept
}
