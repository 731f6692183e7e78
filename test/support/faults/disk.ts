import { execFile } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk of its own at `folder`, small enough to be filled. */
export interface SmallDisk {
  /** Writes until there is no room for another byte. */
  fill(): Promise<void>
  /** Makes room again. */
  clear(): Promise<void>
  remove(): Promise<void>
}

const SIZE = '24m'
const BLOCK = Buffer.alloc(4096)

/** Null for whoever may not mount one here: no root, or a container that forbids it. */
export async function smallDisk(folder: string): Promise<SmallDisk | null> {
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', folder]).then(
    () => true,
    () => false,
  )
  if (!mounted) return null
  const ballast = join(folder, 'ballast')
  return {
    fill: () => writeUntilFull(ballast),
    clear: () => rm(ballast, { force: true }),
    async remove() {
      await run('umount', ['-l', folder])
    },
  }
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    for (;;) await file.write(BLOCK)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  } finally {
    await file.close()
  }
}
