import { execFile, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** One of those who want a package installs it; the others wait, and find it there. */
const LOCK = '/tmp/sitrep-apt.lock'

/**
 * The path of a program: the first on the PATH, else, as root on Debian and its like, the one that apt installs now.
 * Throws with the command that installs it.
 */
export async function debianTool(program: string, debianPackage: string): Promise<string> {
  return find(program) ?? (await install(program, debianPackage))
}

/** Where Debian puts what runs as a service; the PATH of ordinary users lacks it. */
const FOR_SERVICES = '/usr/sbin'

function find(program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), FOR_SERVICES]
  const places = folders.map((folder) => join(folder, program))
  return places.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function install(program: string, debianPackage: string): Promise<string> {
  const command = `apt-get install -y ${debianPackage}`
  const once = `command -v ${program} || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive ${command} --no-install-recommends; }`
  const isRoot = process.getuid?.() === 0
  const failure = isRoot ? await run('flock', [LOCK, 'sh', '-c', once]).then(() => '', String) : ''
  const found = find(program)
  if (!found) throw new Error(`There is no ${program}. Run: ${command}. ${failure}`.trim())
  return found
}

/** How long installing may take, in milliseconds. */
export const INSTALLING = 300_000

/** What a program prints when it is given `input`; throws what it complains of when it fails. */
export function outputOf(program: string, args: readonly string[], input: string): Promise<string> {
  const child = spawn(program, args)
  const heard = { out: '', complaint: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    heard.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    heard.complaint += text
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve(heard.out) : reject(new Error(`${program} ended with ${code}: ${heard.complaint}`)),
    )
  })
}
