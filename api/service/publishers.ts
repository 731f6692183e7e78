import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../../db/client.ts'
import type { Config } from '../config.ts'
import type { PublishedSite } from '../http/site.ts'
import type { Log } from '../log.ts'
import type { Renderer } from '../publish/documents.ts'
import { makeMemo } from '../publish/memo.ts'
import type { Publisher } from '../publish/publishing.ts'
import { startPublisher } from '../publish/publishing.ts'
import { folderThread, type ThreadTarget } from '../publish/targets/thread.ts'

/** Files in hand get this long when the service stops, in milliseconds (standards R23). */
const LAST_FILES = 4_000
/** A thread that waits for a disk does not end before that answers. */
const LAST_BREATH = 500

interface Publishing {
  config: Config
  db: Database
  renderer: Renderer
  site: PublishedSite
  log: Log
}

/** The publishers of this process; `served` resolves once the page it serves has had its first chance to be current. */
export interface Publishers {
  all: Publisher[]
  served: Promise<void>
}

/** Keeps the site of this process current when it serves, and the further folders when it works. */
export function startPublishers({ config, db, renderer, site, log }: Publishing): Publishers {
  const address = { publicUrl: config.urls.site, apiUrl: config.urls.api }
  const memo = makeMemo()
  const { promise: served, resolve: nowServed } = Promise.withResolvers<void>()
  const start = (folder: string, serve: boolean) => {
    const target = folderThread(folder)
    const publisher = startPublisher({
      db,
      renderer,
      target,
      address,
      memo,
      onPlaced: ({ revision }) => {
        if (serve) site.refresh(`placed ${revision}`)
      },
      onPolished: (path) => {
        if (serve) site.forget(path)
      },
      onRun: ({ state, revision, manifest, trouble }) => {
        if (serve && manifest) site.refresh(`${manifest.build} ${manifest.revision}`)
        if (serve) nowServed()
        if (state === 'published') log.info({ folder, revision }, 'published')
        if (state === 'failed') log.error({ folder, revision, trouble }, 'publishing failed; the last page stands')
      },
      onTrouble: (error) => {
        if (serve) nowServed()
        log.error({ error, folder }, 'publishing failed; the last page stands')
      },
    })
    return { ...publisher, stop: () => stopWithin(publisher, target) }
  }
  if (!config.roles.web) nowServed()
  const all = [
    ...(config.roles.web ? [start(config.data.site, true)] : []),
    ...(config.roles.worker ? config.data.publishTo.map((folder) => start(folder, false)) : []),
  ]
  return { all, served }
}

/** A folder that hangs must not keep the service from stopping; what it misses, the next start makes up for. */
async function stopWithin(publisher: Publisher, target: ThreadTarget): Promise<void> {
  await Promise.race([publisher.stop(), pause(LAST_FILES, undefined, { ref: false })])
  await Promise.race([target.close(), pause(LAST_BREATH, undefined, { ref: false })])
}
