import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { shutDown } from '../../db/embedded/postmaster.ts'
import { afterwards } from './afterwards.ts'

export const asRoot = process.getuid?.() === 0

/** A folder that everybody can enter, with a data folder's path in it; removed after the file's last test. */
export async function dataFolder(below = '/tmp'): Promise<string> {
  const folder = await mkdtemp(join(below, 'sitrep-data-'))
  await chmod(folder, 0o755)
  const dataDir = join(folder, 'data')
  afterwards(async () => {
    await shutDown(join(dataDir, 'postgres'))
    await rm(folder, { recursive: true, force: true })
  })
  return dataDir
}
