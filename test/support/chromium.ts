import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium } from 'playwright-core'

const run = promisify(execFile)

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

const INSTALL = 'apt-get install -y chromium'
/** One of those who want Chromium installs it; the others wait, and find it there. */
const INSTALL_ONCE = `command -v chromium || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive ${INSTALL} --no-install-recommends; }`
const LOCK = '/tmp/sitrep-chromium.lock'

/**
 * Starts Chromium: `CHROMIUM_PATH`, else the first `chromium` on the PATH, else, as root on Debian and its like, the one
 * that apt installs now (allow a few minutes). Throws with the command that installs one.
 */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium() ?? (await installChromium())
  return chromium.launch({ executablePath, args: FLAGS })
}

function findChromium(): string | null {
  const onPath = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium'))
  return [process.env.CHROMIUM_PATH ?? '', ...onPath].find((path) => path !== '' && isExecutable(path)) ?? null
}

async function installChromium(): Promise<string> {
  const failure =
    process.getuid?.() === 0 ? await run('flock', [LOCK, 'sh', '-c', INSTALL_ONCE]).then(nothing, String) : ''
  const found = findChromium()
  if (!found) throw new Error(`There is no Chromium. Run: ${INSTALL} (or set CHROMIUM_PATH). ${failure}`)
  return found
}

const nothing = () => ''
