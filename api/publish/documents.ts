import {
  componentChange,
  incidentChange,
  maintenanceChange,
  maintenanceListChange,
  monthChange,
  ownChange,
  subscribeChange,
} from '../domain/page-changes.ts'
import {
  componentPage,
  historyPage,
  homePage,
  incidentPage,
  maintenanceListPage,
  maintenancePage,
  notFoundPage,
  type SiteAddress,
  subscribePage,
} from '../domain/page-views.ts'
import { LANGUAGES, type Language, type PublicPages } from '../domain/pages.ts'
import {
  type Change,
  type ComponentRecord,
  type IncidentSeen,
  lastStatement,
  type MaintenanceSeen,
  type MonthSeen,
  newerChange,
  type Snapshot,
} from '../domain/snapshot.ts'
import { statusDocument } from '../domain/status-json.ts'
import { incidentDocument, statuspageDocuments } from '../domain/statuspage-v2.ts'
import { componentAtom, historyAtom } from './feeds/atom.ts'
import { calendar } from './feeds/calendar.ts'
import { jsonFeed } from './feeds/json-feed.ts'
import { componentRss, historyRss, updatesRss } from './feeds/rss.ts'
import { monthSitemap, pagesSitemap, sitemapIndex } from './feeds/sitemap.ts'
import { shortLinkHtml } from './short-link.ts'
import type { SiteFile } from './target.ts'

/** The compiled site: a page's data in, its HTML out. Anything but a whole page is thrown. */
export interface Renderer {
  /** Changes whenever any page could look different for the same data. */
  buildId: string
  render<Route extends keyof PublicPages>(route: Route, data: PublicPages[Route], language?: Language): Promise<string>
  /** Where another thread can load the compiled site from; pages of long histories are made there. */
  directory?: string
  /** Files that pages point to, published as they are. */
  assets?: readonly { path: string; body: Uint8Array }[]
}

/** What documents are made of and with. */
export interface Making {
  snapshot: Snapshot
  address: SiteAddress
  renderer: Pick<Renderer, 'render'>
}

/** Documents that there is one of each; some are several files of one kind. */
export const SINGLES = [
  'subscribe',
  'not_found',
  'robots',
  'maintenance_list',
  'sitemap',
  'calendar',
  'status_json',
  'statuspage',
  'history_feeds',
  'update_feeds',
  'home',
] as const
export type Single = (typeof SINGLES)[number]

/** Makes one document that is no incident's, maintenance's, component's or month's. */
export async function makeSingle(key: Single, making: Making): Promise<SiteFile[]> {
  const { snapshot, address } = making
  const { last, lastOf } = snapshot
  const told = newerChange(lastOf.organisation, newerChange(lastOf.incident, lastOf.maintenance))
  switch (key) {
    case 'home':
      return pages(making, '', last, '/', homePage(snapshot, address))
    case 'subscribe':
      return pages(making, 'subscribe/', subscribeChange(snapshot), '/subscribe', subscribePage(snapshot, address))
    case 'maintenance_list':
      return pages(
        making,
        'maintenance/',
        maintenanceListChange(snapshot),
        '/maintenance-list',
        maintenanceListPage(snapshot, address),
      )
    case 'not_found':
      return notFound(making)
    case 'robots':
      return [file('robots.txt', lastOf.organisation, robots(address))]
    case 'sitemap':
      return [
        file('sitemap.xml', last, sitemapIndex(snapshot, address)),
        file('sitemap-pages.xml', subscribeChange(snapshot), pagesSitemap(snapshot, address)),
      ]
    case 'calendar':
      return [file('calendar.ics', newerChange(told, lastOf.names), calendar(snapshot, address))]
    case 'status_json':
      return [file('status.json', last, JSON.stringify(statusDocument(snapshot, address)))]
    case 'statuspage':
      return Object.entries(statuspageDocuments(snapshot, address)).map(([name, document]) =>
        file(`api/v2/${name}`, lastStatement(snapshot), JSON.stringify(document)),
      )
    case 'history_feeds':
      return [
        file('history.rss', told, historyRss(snapshot, address)),
        file('history.atom', told, historyAtom(snapshot, address)),
      ]
    case 'update_feeds':
      return [
        file('updates.rss', told, updatesRss(snapshot, address)),
        file('feed.json', told, jsonFeed(snapshot, address)),
      ]
  }
}

/** An incident's page in every language, its short link and its document for clients of Statuspage. */
export async function makeIncident(incident: IncidentSeen, making: Making): Promise<SiteFile[]> {
  const { snapshot, address } = making
  const { id, title } = incident
  const changed = incidentChange(snapshot, incident)
  const own = ownChange(snapshot, incident)
  return [
    ...(await pages(making, `incidents/${id}/`, changed, '/incident', incidentPage(snapshot, address, incident))),
    file(`i/${id}/index.html`, own, shortLinkHtml(`incidents/${id}`, title, address)),
    file(`api/v2/incidents/${id}.json`, own, JSON.stringify(incidentDocument(snapshot, address, incident))),
  ]
}

/** A maintenance's page in every language and its short link. */
export async function makeMaintenance(maintenance: MaintenanceSeen, making: Making): Promise<SiteFile[]> {
  const { snapshot, address } = making
  const { id, title } = maintenance
  const changed = maintenanceChange(snapshot, maintenance)
  const page = maintenancePage(snapshot, address, maintenance)
  return [
    ...(await pages(making, `maintenance/${id}/`, changed, '/maintenance', page)),
    file(`m/${id}/index.html`, changed, shortLinkHtml(`maintenance/${id}`, title, address)),
  ]
}

/** A component's page in every language, and its feeds. */
export async function makeComponent(record: ComponentRecord, making: Making): Promise<SiteFile[]> {
  const { snapshot, address } = making
  const { id } = record.component
  const told = newerChange(snapshot.lastOf.organisation, record.changed)
  const changed = componentChange(snapshot, record)
  return [
    ...(await pages(making, `components/${id}/`, changed, '/component', componentPage(snapshot, address, record))),
    file(`components/${id}.rss`, told, componentRss(record, snapshot, address)),
    file(`components/${id}.atom`, told, componentAtom(record, snapshot, address)),
  ]
}

/** A month of the history in every language and its sitemap; with the current one the index, which shows it too. */
export async function makeMonth(month: MonthSeen, making: Making, isCurrent: boolean): Promise<SiteFile[]> {
  const { snapshot, address } = making
  const made = async (path: string, index: boolean) =>
    pages(making, path, monthChange(snapshot, month), '/history', historyPage(snapshot, address, month, { index }))
  return [
    ...(await made(`history/${month.month}/`, false)),
    file(`sitemap-${month.month}.xml`, month.changed, monthSitemap(month, address)),
    ...(isCurrent ? await made('history/', true) : []),
  ]
}

/** The files that pages point to. */
export const makeAssets = (renderer: Renderer, changedAt: Date): SiteFile[] =>
  (renderer.assets ?? []).map(({ path, body }) => ({ path, body, changedAt }))

/** Everything public is open to everybody; what staff use asks for no visit. */
const robots = ({ publicUrl }: SiteAddress): string =>
  `User-agent: *\nAllow: /\nDisallow: /console\nDisallow: /subscriptions\n\nSitemap: ${publicUrl}/sitemap.xml\n`

const notFound = async ({ snapshot, address, renderer }: Making): Promise<SiteFile[]> => {
  const page = notFoundPage(snapshot, address)
  const made: SiteFile[] = []
  for (const language of LANGUAGES)
    made.push(
      file(
        `${folderOf(language)}404.html`,
        snapshot.lastOf.organisation,
        await renderer.render('/404', page, language),
      ),
    )
  return made
}

/** A page in every language; the first language stands at the root. */
async function pages<Route extends keyof PublicPages>(
  { renderer }: Making,
  folder: string,
  changed: Change,
  route: Route,
  data: PublicPages[Route],
): Promise<SiteFile[]> {
  const made: SiteFile[] = []
  for (const language of LANGUAGES)
    made.push(file(`${folderOf(language)}${folder}index.html`, changed, await renderer.render(route, data, language)))
  return made
}

/** Where the pages of a language stand; the first language stands at the root. */
export const folderOf = (language: Language): string => (language === LANGUAGES[0] ? '' : `${language}/`)

const encoder = new TextEncoder()

const file = (path: string, { at }: Change, text: string): SiteFile => ({
  path,
  body: encoder.encode(text.toWellFormed()),
  changedAt: at,
})
