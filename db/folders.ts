import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes `folder` and what is missing above it. Unlike `mkdir -p` of Node it never tries a path twice, which hangs for
 * ever below places such as /proc. Throws the file system's error with the path that was refused.
 */
export async function makeFolder(folder: string, mode = 0o755): Promise<void> {
  const failure = await tryMake(folder, mode)
  if (failure === null) return
  if (failure.code !== 'ENOENT' || (await isFolder(dirname(folder)))) throw failure
  await makeFolder(dirname(folder))
  const again = await tryMake(folder, mode)
  if (again) throw again
}

async function tryMake(folder: string, mode: number): Promise<NodeJS.ErrnoException | null> {
  try {
    await mkdir(folder, { mode })
    return null
  } catch (error) {
    return (await isFolder(folder)) ? null : (error as NodeJS.ErrnoException)
  }
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
