import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'

/** No sandbox, so that it runs as root; nothing that would call home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** `CHROMIUM_PATH`, else the first `chromium` on the PATH; throws with the command that installs one. */
export function chromiumPath(): string {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  const found = [process.env.CHROMIUM_PATH ?? '', ...onPath].find((path) => path !== '' && isExecutable(path))
  if (!found) throw new Error('There is no Chromium. Run: apt-get install -y chromium (or set CHROMIUM_PATH).')
  return found
}

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath(), args: FLAGS })
