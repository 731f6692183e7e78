import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

/** Everything the compiled site is made of; the rules are in it because pages call them (the cadence line, states). */
const SOURCES = ['site', 'api/domain', 'astro.config.mjs', 'package-lock.json']
/** Builds kept: the one in use, and the one that a process started before the last change still reads from. */
const KEPT = 2
/** In milliseconds; a build that began longer ago was killed. */
const LONGEST_BUILD = 10 * 60_000

export interface SiteBuild {
  /** Hash of the sources; names the build. */
  buildId: string
  directory: string
  /** False when it was there already. */
  built: boolean
}

async function filesBelow(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => null)
  if (!found) return []
  if (found.isFile()) return [path]
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** Hash over names and contents of the site's sources; the same sources give the same id on every machine. */
export async function siteBuildId(rootDir: string): Promise<string> {
  const files = (await Promise.all(SOURCES.map((source) => filesBelow(join(rootDir, source))))).flat()
  const named = files.map((file) => ({ file, name: relative(rootDir, file).split(sep).join('/') }))
  const hash = createHash('sha256')
  for (const { file, name } of named.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const content = await readFile(file)
    hash.update(`${name}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex').slice(0, 16)
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/**
 * The environment of the build is closed: same sources, same build, and no report to Astro. Astro's key seals islands
 * of which we have none; derived, it keeps the build from being random.
 */
const buildEnvironment = (buildId: string): Record<string, string> => ({
  ASTRO_TELEMETRY_DISABLED: '1',
  ASTRO_KEY: createHash('sha256').update(buildId).digest('base64'),
  NODE_ENV: 'production',
  NO_COLOR: '1',
})

async function compile(rootDir: string, aside: string, buildId: string): Promise<void> {
  const script = join(rootDir, 'site', 'adapter', 'build.mjs')
  const run = promisify(execFile)(process.execPath, [script, rootDir, aside], {
    cwd: rootDir,
    env: buildEnvironment(buildId),
  })
  await run.catch((failure: { stderr?: string; message: string }) => {
    throw new Error(`The site could not be built:\n${failure.stderr || failure.message}`)
  })
}

/** Astro writes down where it built. The build is told where it will stand instead, and so holds nothing random. */
async function forgetAside(aside: string, directory: string): Promise<void> {
  const modules = (await filesBelow(join(aside, 'server'))).filter((file) => file.endsWith('.mjs'))
  const [from, to] = [pathToFileURL(aside).href, pathToFileURL(directory).href]
  await Promise.all(
    modules.map(async (file) => {
      const code = await readFile(file, 'utf8')
      if (code.includes(from)) await writeFile(file, code.replaceAll(from, to))
    }),
  )
}

/** Puts a finished build in its place; when another process was faster, its build is the same and ours goes. */
async function putInPlace(aside: string, directory: string): Promise<void> {
  await rename(aside, directory).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code !== 'ENOTEMPTY' && failure.code !== 'EEXIST') throw failure
  })
}

/** Folders of `dist` whose name matches, newest first. */
async function dated(dist: string, pattern: RegExp): Promise<{ path: string; at: number }[]> {
  const paths = (await readdir(dist)).filter((name) => pattern.test(name)).map((name) => join(dist, name))
  const found = await Promise.all(
    paths.map(async (path) => ({ path, at: (await stat(path).catch(() => null))?.mtimeMs ?? 0 })),
  )
  return found.toSorted((one, other) => other.at - one.at)
}

/** Removes builds that nobody can be using, and what a killed build left lying. */
async function tidy(dist: string, current: string): Promise<void> {
  const others = (await dated(dist, /^[0-9a-f]{16}$/)).filter(({ path }) => path !== current)
  const { mtimeMs: finished } = await stat(current)
  const left = (await dated(dist, /^\.building-/)).filter(({ at }) => at < finished - LONGEST_BUILD)
  const gone = [...others.slice(KEPT - 1), ...left]
  await Promise.all(gone.map(({ path }) => rm(path, { recursive: true, force: true })))
}

/**
 * Compiles the Astro app when its sources have changed since the last build (about 2 s), else does nothing (20 ms).
 * Builds go to `dist/<hash of the sources>`, made aside and renamed: none is ever half there, and two processes at once
 * end with one. Throws with Astro's own words when the site does not compile.
 */
export async function buildSiteIfStale(rootDir: string): Promise<SiteBuild> {
  const buildId = await siteBuildId(rootDir)
  const dist = join(rootDir, 'dist')
  const directory = join(dist, buildId)
  if (await exists(directory)) return { buildId, directory, built: false }
  await mkdir(dist, { recursive: true })
  const aside = await mkdtemp(join(dist, '.building-'))
  try {
    await compile(rootDir, aside, buildId)
    if ((await siteBuildId(rootDir)) !== buildId) return await buildSiteIfStale(rootDir)
    await forgetAside(aside, directory)
    await putInPlace(aside, directory)
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
  await tidy(dist, directory)
  return { buildId, directory, built: true }
}
