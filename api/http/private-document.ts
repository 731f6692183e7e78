import type { Transaction } from '../../db/client.ts'
import { readComponentRecord, readMonth } from '../../db/queries/public-history.ts'
import { readIncidents } from '../../db/queries/public-incidents.ts'
import { readMaintenances } from '../../db/queries/public-maintenances.ts'
import { readSnapshot } from '../../db/queries/snapshot.ts'
import { monthsSince, utcMonth } from '../domain/days.ts'
import {
  componentPage,
  historyPage,
  homePage,
  incidentPage,
  maintenanceListPage,
  maintenancePage,
  type SiteAddress,
  subscribePage,
} from '../domain/page-views.ts'
import type { PublicPages } from '../domain/pages.ts'
import type { Snapshot } from '../domain/snapshot.ts'
import { statusDocument } from '../domain/status-json.ts'
import { componentAtom, historyAtom } from '../publish/feeds/atom.ts'
import { calendar } from '../publish/feeds/calendar.ts'
import { jsonFeed } from '../publish/feeds/json-feed.ts'
import { componentRss, historyRss, updatesRss } from '../publish/feeds/rss.ts'

/** A page to be rendered, or a file as it is sent. */
export type PrivateDocument =
  | { [Route in keyof PublicPages]: { route: Route; page: PublicPages[Route] } }[keyof PublicPages]
  | { name: string; text: string }

/**
 * What stands at a path of a private site: the same pages and files as on the public one, made of the same snapshot,
 * which the transaction reads with the audience's eyes. Null where there is nothing.
 */
export async function privateDocument(
  tx: Transaction,
  path: { part: string | undefined; id: string | undefined },
  address: SiteAddress,
): Promise<PrivateDocument | null> {
  const snapshot = await readSnapshot(tx)
  const { part, id } = path
  if (part === undefined) return { route: '/', page: homePage(snapshot, address) }
  return id === undefined ? single(tx, part, snapshot, address) : oneOf(tx, { part, id }, snapshot, address)
}

async function single(
  tx: Transaction,
  part: string,
  snapshot: Snapshot,
  address: SiteAddress,
): Promise<PrivateDocument | null> {
  switch (part) {
    case 'subscribe':
      return { route: '/subscribe', page: subscribePage(snapshot, address) }
    case 'maintenance':
      return { route: '/maintenance-list', page: maintenanceListPage(snapshot, address) }
    case 'history': {
      const month = await readMonth(tx, utcMonth(snapshot.last.at), snapshot)
      return { route: '/history', page: historyPage(snapshot, address, month, { index: true }) }
    }
    default:
      return fileOf(part, snapshot, address)
  }
}

const FILES: Record<string, (snapshot: Snapshot, address: SiteAddress) => string> = {
  'history.rss': historyRss,
  'history.atom': historyAtom,
  'updates.rss': updatesRss,
  'feed.json': jsonFeed,
  'calendar.ics': calendar,
  'status.json': (snapshot, address) => JSON.stringify(statusDocument(snapshot, address)),
}

function fileOf(name: string, snapshot: Snapshot, address: SiteAddress): PrivateDocument | null {
  const make = Object.hasOwn(FILES, name) ? FILES[name] : undefined
  return make ? { name, text: make(snapshot, address) } : null
}

async function oneOf(
  tx: Transaction,
  { part, id }: { part: string; id: string },
  snapshot: Snapshot,
  address: SiteAddress,
): Promise<PrivateDocument | null> {
  switch (part) {
    case 'i':
    case 'incidents': {
      const [incident] = await readIncidents(tx, [id])
      return incident ? { route: '/incident', page: incidentPage(snapshot, address, incident) } : null
    }
    case 'm':
    case 'maintenance': {
      const [maintenance] = await readMaintenances(tx, [id])
      return maintenance ? { route: '/maintenance', page: maintenancePage(snapshot, address, maintenance) } : null
    }
    case 'components':
      return aboutComponent(tx, id, snapshot, address)
    case 'history': {
      if (!monthsSince(snapshot.began, snapshot.last.at).includes(id)) return null
      const month = await readMonth(tx, id, snapshot)
      return { route: '/history', page: historyPage(snapshot, address, month, { index: false }) }
    }
    default:
      return null
  }
}

const COMPONENT_FEEDS = { rss: componentRss, atom: componentAtom }

/** A component's page, or one of its feeds where the id has their suffix. */
async function aboutComponent(
  tx: Transaction,
  named: string,
  snapshot: Snapshot,
  address: SiteAddress,
): Promise<PrivateDocument | null> {
  const [, id, suffix] = /^([a-z0-9]+)(?:\.(rss|atom))?$/.exec(named) ?? []
  const component = snapshot.components.find((each) => each.id === id)
  if (!component) return null
  const record = await readComponentRecord(tx, component)
  if (!suffix) return { route: '/component', page: componentPage(snapshot, address, record) }
  return { name: named, text: COMPONENT_FEEDS[suffix as 'rss' | 'atom'](record, snapshot, address) }
}
