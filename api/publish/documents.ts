import {
  homePage,
  incidentChange,
  incidentPage,
  notFoundPage,
  type SiteAddress,
  subscribePage,
} from '../domain/page-views.ts'
import type { PublicPages } from '../domain/pages.ts'
import { type Change, type IncidentSeen, newerChange, type Snapshot } from '../domain/snapshot.ts'
import { statusDocument } from '../domain/status-json.ts'
import { summaryDocument } from '../domain/statuspage-v2.ts'
import { historyRss } from './feeds.ts'
import type { DocumentKey } from './files.ts'
import { shortLinkHtml } from './short-link.ts'

/** The compiled site: a page's data in, its HTML out. Anything but a whole page is thrown. */
export interface Renderer {
  /** Changes whenever any page could look different for the same data. */
  buildId: string
  render<Route extends keyof PublicPages>(route: Route, data: PublicPages[Route]): Promise<string>
  /** Files that pages point to, published as they are. */
  assets?: readonly { path: string; body: Uint8Array }[]
}

/** One file of the public site; `path` is relative, `changedAt` the time of the change that its content is of. */
export interface SiteFile {
  path: string
  body: Uint8Array
  changedAt: Date
}

type OneDocument = Exclude<DocumentKey, 'open_incidents' | 'all_incidents' | `incident:${string}`>

/** Everything public is open to everybody; what staff use asks for no visit. */
const ROBOTS = 'User-agent: *\nAllow: /\nDisallow: /console\nDisallow: /subscriptions\n'

/** Makes one document that is not an incident's. */
export async function makeDocument(
  key: OneDocument,
  snapshot: Snapshot,
  address: SiteAddress,
  renderer: Renderer,
): Promise<SiteFile> {
  const { last, lastOf } = snapshot
  switch (key) {
    case 'home':
      return file('index.html', last, await renderer.render('/', homePage(snapshot, address)))
    case 'subscribe': {
      const changed = newerChange(lastOf.components, lastOf.organisation)
      return file(
        'subscribe/index.html',
        changed,
        await renderer.render('/subscribe', subscribePage(snapshot, address)),
      )
    }
    case 'not_found':
      return file('404.html', lastOf.organisation, await renderer.render('/404', notFoundPage(snapshot, address)))
    case 'robots':
      return file('robots.txt', lastOf.organisation, ROBOTS)
    case 'status_json':
      return file('status.json', last, JSON.stringify(statusDocument(snapshot, address)))
    case 'summary_json':
      return file('api/v2/summary.json', last, JSON.stringify(summaryDocument(snapshot, address)))
    case 'history_rss':
      return file('history.rss', newerChange(lastOf.incident, lastOf.organisation), historyRss(snapshot, address))
  }
}

/** Makes an incident's page and its short link. */
export async function makeIncident(
  incident: IncidentSeen,
  snapshot: Snapshot,
  address: SiteAddress,
  renderer: Renderer,
): Promise<SiteFile[]> {
  const changed = incidentChange(snapshot, incident)
  const html = await renderer.render('/incident', incidentPage(snapshot, address, incident))
  return [
    file(`incidents/${incident.id}/index.html`, changed, html),
    file(`i/${incident.id}/index.html`, changed, shortLinkHtml(incident, address)),
  ]
}

/** The files that pages point to. */
export const makeAssets = (renderer: Renderer, changedAt: Date): SiteFile[] =>
  (renderer.assets ?? []).map(({ path, body }) => ({ path, body, changedAt }))

const file = (path: string, { at }: Change, text: string): SiteFile => ({
  path,
  body: Buffer.from(text.toWellFormed(), 'utf8'),
  changedAt: at,
})
