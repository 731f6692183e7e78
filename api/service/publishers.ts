import type { Database } from '../../db/client.ts'
import type { Config } from '../config.ts'
import type { PublishedSite } from '../http/site.ts'
import type { Log } from '../log.ts'
import type { Renderer } from '../publish/documents.ts'
import type { Publisher } from '../publish/publishing.ts'
import { startPublisher } from '../publish/publishing.ts'
import { folderTarget } from '../publish/targets/folder.ts'

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
  const { promise: served, resolve: nowServed } = Promise.withResolvers<void>()
  const start = (folder: string, serve: boolean) =>
    startPublisher({
      db,
      renderer,
      target: folderTarget(folder),
      address,
      onRun: ({ state, revision, manifest, trouble }) => {
        if (serve && manifest) site.refresh(manifest)
        if (serve) nowServed()
        if (state === 'published') log.info({ folder, revision }, 'published')
        if (state === 'failed') log.error({ folder, revision, trouble }, 'publishing failed; the last page stands')
      },
      onTrouble: (error) => {
        if (serve) nowServed()
        log.error({ error, folder }, 'publishing failed; the last page stands')
      },
    })
  const further = config.data.publishTo.flatMap((target) => (target.kind === 'folder' ? [target.folder] : []))
  if (!config.roles.web) nowServed()
  const all = [
    ...(config.roles.web ? [start(config.data.site, true)] : []),
    ...(config.roles.worker ? further.map((folder) => start(folder, false)) : []),
  ]
  return { all, served }
}
