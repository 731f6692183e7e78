import { componentAtom, historyAtom } from '../../api/publish/feeds/atom.ts'
import { calendar } from '../../api/publish/feeds/calendar.ts'
import { jsonFeed } from '../../api/publish/feeds/json-feed.ts'
import { componentRss, historyRss, updatesRss } from '../../api/publish/feeds/rss.ts'
import { monthSitemap, pagesSitemap, sitemapIndex } from '../../api/publish/feeds/sitemap.ts'
import {
  ADDRESS,
  at,
  componentSeen,
  correctionSeen,
  incidentSeen,
  maintenanceSeen,
  maintenanceUpdateSeen,
  snapshotOf,
  updateSeen,
} from './snapshots.ts'

/** What people type: into titles, into bodies, into names. */
export interface Typed {
  title: string
  body: string
  name: string
}

/** A page with one incident, corrected once, and one maintenance, made of these texts. */
export function snapshotWith({ title, body, name }: Typed) {
  const incident = incidentSeen({ title, updates: [updateSeen({ body, corrections: [correctionSeen({ body })] })] })
  const maintenance = maintenanceSeen({
    title,
    body,
    componentIds: ['cmp000000001'],
    updates: [maintenanceUpdateSeen({ body })],
  })
  const { organisation } = snapshotOf()
  return snapshotOf({
    organisation: { ...organisation, name },
    components: [componentSeen({ name })],
    newest: [incident],
    maintenances: [maintenance],
  })
}

/** Every document that is XML, by where it is served. */
export function xmlDocuments(typed: Typed): Record<string, string> {
  const snapshot = snapshotWith(typed)
  const component = snapshot.components[0]!
  const changed = snapshot.last
  const record = { component, changed, incidents: snapshot.newest, maintenances: snapshot.maintenances }
  const month = { month: '2026-11', changed, incidents: [], maintenances: [] }
  return {
    '/history.rss': historyRss(snapshot, ADDRESS),
    '/history.atom': historyAtom(snapshot, ADDRESS),
    '/updates.rss': updatesRss(snapshot, ADDRESS),
    '/components/cmp000000001.rss': componentRss(record, snapshot, ADDRESS),
    '/components/cmp000000001.atom': componentAtom(record, snapshot, ADDRESS),
    '/sitemap.xml': sitemapIndex(snapshot, ADDRESS),
    '/sitemap-pages.xml': pagesSitemap(snapshot, ADDRESS),
    '/sitemap-2026-11.xml': monthSitemap(month, ADDRESS),
  }
}

/** Every document of feeds/, by where it is served. */
export const feedDocuments = (typed: Typed): Record<string, string> => ({
  ...xmlDocuments(typed),
  '/feed.json': jsonFeed(snapshotWith(typed), ADDRESS),
  '/calendar.ics': calendar(snapshotWith(typed), ADDRESS),
})

/** Two days of many incidents and maintenances, so that feeds have to choose. */
export const busySnapshot = (incidents = 60, maintenances = 60) =>
  snapshotOf({
    newest: Array.from({ length: incidents }, (_, n) => {
      const id = `inc${String(n).padStart(9, '0')}`
      const publishedAt = new Date(at('14:04').getTime() - n * 3_600_000)
      return incidentSeen({ id, title: `Incident ${n}`, updates: [updateSeen({ id: `u${id}`, publishedAt })] })
    }),
    newestMaintenances: Array.from({ length: maintenances }, (_, n) => {
      const id = `mnt${String(n).padStart(9, '0')}`
      const publishedAt = new Date(at('13:34').getTime() - n * 3_600_000)
      return maintenanceSeen({ id, updates: [maintenanceUpdateSeen({ id: `m${id}`, publishedAt })] })
    }),
  })

/** Text that feeds have been broken with. */
export const HOSTILE: readonly string[] = [
  String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code)),
  'a\ufffe\uffffb',
  'half \ud800 pair \udc00',
  ']]>]]]]><![CDATA[',
  '<script>alert(1)</script>',
  '</title></description></entry>&amp;&#0;"\'',
  'تعذّر تسجيل الدخول\u202e لمعظم العملاء',
  '\u{1f6a8}\u{1f469}\u{200d}\u{1f4bb} ok',
  '<lastBuildDate>Thu, 01 Jan 1970 00:00:00 GMT</lastBuildDate>',
  'BEGIN:VEVENT\r\nUID:forged\r\nEND:VEVENT',
  '',
]
