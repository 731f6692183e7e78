import type { Connection } from '../../db/client.ts'
import type { Config } from '../config.ts'
import type { PublishedSite } from '../http/site.ts'
import type { Log } from '../log.ts'
import { openPressRoom, type PressRoomNews, type Run } from '../publish/press-room.ts'
import type { Renderer } from '../publish/renderer.ts'
import { connectionName } from './database.ts'

interface Publishing {
  config: Config
  connection: Connection
  renderer: Pick<Renderer, 'buildId' | 'directory'>
  site: PublishedSite
  log: Log
  /** Told of changes whose files are in place. */
  onPublished: (changes: Run['changes']) => void
}

/** The publishers of this process; `served` resolves once the page it serves has had its first chance to be current. */
export interface Publishers {
  served: Promise<void>
  stop(): Promise<void>
}

/** Keeps the site of this process current when it serves, and the further folders when it works. */
export function startPublishers({ config, connection, renderer, site, log, onPublished }: Publishing): Publishers {
  const { promise: served, resolve: nowServed } = Promise.withResolvers<void>()
  const own = config.roles.web ? [config.data.site] : []
  const folders = [...own, ...(config.roles.worker ? config.data.publishTo : [])]
  if (!config.roles.web) nowServed()
  if (folders.length === 0) return { served, stop: async () => {} }
  const failed = (details: object) => log.error(details, 'publishing failed; the last page stands')
  const onNews = (news: PressRoomNews) => {
    const { folder } = news
    const serve = own.includes(folder)
    switch (news.kind) {
      case 'placed':
        if (serve) site.refresh(`placed ${news.revision}`)
        break
      case 'polished':
        if (serve) site.forget(news.path)
        break
      case 'run': {
        const { state, revision, manifest, trouble, changes } = news.run
        if (serve && manifest) site.refresh(`${manifest.build} ${manifest.revision}`)
        if (serve) nowServed()
        if (state === 'published') {
          log.info({ folder, revision }, 'published')
          onPublished(changes)
        }
        if (state === 'failed') failed({ folder, revision, trouble })
        break
      }
      case 'trouble':
        if (serve) nowServed()
        failed({ error: news.error, folder })
        break
    }
  }
  const order = {
    connection,
    name: connectionName(),
    site: { directory: renderer.directory, buildId: renderer.buildId },
    address: { publicUrl: config.urls.site, apiUrl: config.urls.api, hub: config.websubHub },
    folders,
  }
  const room = openPressRoom(order, onNews, (error) => {
    nowServed()
    failed({ error })
  })
  return { served, stop: room.stop }
}
