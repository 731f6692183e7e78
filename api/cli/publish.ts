import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { forgetTarget } from '../../db/queries/site-targets.ts'
import { isWithin } from '../config.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Publication } from '../publish/publisher.ts'
import type { Renderer } from '../publish/renderer.ts'
import { folderTarget } from '../publish/targets/folder.ts'
import { type Command, option, type Surroundings } from './command.ts'

const ROOT = join(import.meta.dirname, '../..')
/** For how long a running service may be at a target before we give up, and how often we look, in milliseconds. */
const PATIENCE = 120_000
const LOOK_EVERY = 100

export const publishCommand: Command = {
  name: 'publish',
  usage: '[--all] [--out DIR]',
  summary: [
    'Bring the page up to date now, in SITE_DIR and in every folder of PUBLISH_TO.',
    '--all makes every file anew; --out DIR puts the whole page into another folder, this once',
  ].join('\n      '),
  options: { all: { type: 'boolean' }, out: { type: 'string' } },
  async run(_acting, typed, surroundings) {
    const out = option(typed, 'out')
    const kept = keptFolders(surroundings)
    const folders = out === undefined ? kept : [elsewhere(surroundings, out)]
    const { loadRenderer } = await import('../publish/renderer.ts')
    const renderer = await loadRenderer(ROOT)
    const targets: PublishedFolder[] = []
    for (const folder of folders) {
      const target = folderTarget(folder)
      const everything = typed.values.all === true || out !== undefined
      const announced = kept.includes(folder)
      targets.push(await publishInto(surroundings, { renderer, folder, everything, announced }))
      if (!announced) await forgetTarget(surroundings.db, target.name)
    }
    const failed = targets.some(({ state }) => state === 'failed' || state === 'busy')
    return { text: targets.map(line).join('\n'), json: { targets }, failed }
  },
}

interface PublishedFolder {
  folder: string
  state: Publication['state']
  revision: number
  files_written: number
  milliseconds: number
  trouble: string | null
}

/** The folders that the service keeps up to date. */
const keptFolders = ({ config: { data } }: Surroundings): string[] => [
  resolve(data.site),
  ...data.publishTo.map((folder) => resolve(folder)),
]

/** The folder that was typed, unless what is published there would lie around our secrets. */
function elsewhere({ config: { data } }: Surroundings, out: string): string {
  const folder = resolve(out)
  if (isWithin(resolve(data.folder), folder))
    throw new Refusal('invalid', `${folder} holds DATA_DIR, whose secrets would be published; use a folder of its own.`)
  return folder
}

async function publishInto(
  { config, db }: Surroundings,
  { renderer, folder, ...how }: { renderer: Renderer; folder: string; everything: boolean; announced: boolean },
): Promise<PublishedFolder> {
  const { publish } = await import('../publish/publisher.ts')
  const began = performance.now()
  const address = { publicUrl: config.urls.site, apiUrl: config.urls.api, hub: config.websubHub }
  const job = { db, renderer, target: folderTarget(folder), address, ...how }
  const attempt = () => publish(job).catch(unpublished)
  let publication: Attempted = await attempt()
  while (publication.state === 'busy' && performance.now() - began < PATIENCE) {
    await pause(LOOK_EVERY)
    publication = await attempt()
  }
  const { state, revision, written, trouble } = publication
  const milliseconds = Math.round(performance.now() - began)
  return { folder, state, revision, files_written: written.length, milliseconds, trouble }
}

/** A folder that cannot be entered at all; the others are published all the same. */
const unpublished = (error: unknown): Attempted => ({
  state: 'failed',
  revision: 0,
  written: [],
  trouble: error instanceof Error ? error.message : String(error),
})

type Attempted = Pick<Publication, 'state' | 'revision' | 'written' | 'trouble'>

function line({ folder, state, revision, files_written, milliseconds, trouble }: PublishedFolder): string {
  switch (state) {
    case 'published':
    case 'unchanged':
      return `${folder}: revision ${revision}, ${files_written} files written, ${milliseconds} ms`
    case 'busy':
      return `${folder}: another process is publishing into it; nothing was done`
    case 'failed':
      return `${folder}: failed after ${milliseconds} ms; the last page stands: ${trouble}`
  }
}
