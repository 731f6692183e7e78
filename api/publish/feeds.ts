import RSS from 'rss'
import { incidentUrl } from '../domain/addresses.ts'
import { renderHtml } from '../domain/markdown.ts'
import type { SiteAddress } from '../domain/page-views.ts'
import { type IncidentSeen, newerChange, type Snapshot, type UpdateSeen } from '../domain/snapshot.ts'

/** `/history.rss`: the 50 newest incidents, one item each, under the incident's address for ever (standards F1, F2). */
export function historyRss(snapshot: Snapshot, { publicUrl }: SiteAddress): string {
  const changed = newerChange(snapshot.lastOf.incident, snapshot.lastOf.organisation)
  const channel = {
    title: legalXml(`${snapshot.organisation.name} status`),
    description: legalXml(snapshot.organisation.name),
    generator: 'Sitrep',
    site_url: publicUrl,
    feed_url: `${publicUrl}/history.rss`,
    pubDate: changed.at,
    language: 'en',
  }
  const feed = new RSS(channel)
  for (const incident of snapshot.newest) feed.item(itemOf(incident, publicUrl))
  return stampBuildDate(feed.xml(), new RSS(channel).xml(), changed.at)
}

/** Without a `guid` of its own the library makes the address the guid and says that it is a permalink. */
const itemOf = (incident: IncidentSeen, publicUrl: string) => ({
  title: legalXml(incident.title),
  description: legalXml(incident.updates.map(updateHtml).join('\n')),
  url: incidentUrl(publicUrl, incident.id),
  date: incident.updates[0]?.publishedAt ?? incident.startedAt,
})

/** Statuspage's paragraph, which readers' scripts take apart: small date, bold status, dash, text. */
function updateHtml({ status, publishedAt, body }: UpdateSeen): string {
  const [, day, month, , time] = publishedAt.toUTCString().split(' ')
  const when = `${month} <var data-var='date'>${day}</var>, <var data-var='time'>${time!.slice(0, 5)}</var> UTC`
  const lead = `<p><small>${when}</small><br><strong>${status[0]!.toUpperCase()}${status.slice(1)}</strong> - `
  const html = renderHtml(body)
  return html.startsWith('<p>') ? lead + html.slice('<p>'.length) : `${lead}</p>\n${html}`
}

/** What XML 1.0 does not allow, taken out: most control characters, U+FFFE, U+FFFF, halves of surrogate pairs (F7). */
export const legalXml = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')

const BUILD_DATE = '<lastBuildDate>'
/** The length of a date as `toUTCString` writes it, such as "Thu, 12 Nov 2026 14:30:00 GMT". */
const DATE_LENGTH = 29

/**
 * The library writes the time of rendering as build date; the same data must give the same bytes (F6). The feed without
 * items tells where that element stands, whatever people have written into names: nothing of theirs follows it there.
 */
function stampBuildDate(xml: string, withoutItems: string, at: Date): string {
  const start = withoutItems.lastIndexOf(BUILD_DATE) + BUILD_DATE.length
  return xml.slice(0, start) + at.toUTCString() + xml.slice(start + DATE_LENGTH)
}
