import RSS, { type ItemOptions } from 'rss'
import { legalXml } from './xml.ts'

export interface RssChannel {
  title: string
  description: string
  /** The page that it is the feed of. */
  siteUrl: string
  /** Where it is served itself. */
  feedUrl: string
  /** The WebSub hub that tells of it. */
  hub?: string | null | undefined
  /** When its content last changed. */
  changedAt: Date
}

export interface RssItem {
  title: string
  html: string
  url: string
  at: Date
  /** Lasts for ever; without one its address is its identity. */
  guid?: string
  categories: string[]
}

/** RSS 2.0 by the library, mended: its build date, its author, and characters that XML does not know (standards F1–F7). */
export function rssDocument(channel: RssChannel, items: readonly RssItem[]): string {
  const options = channelOptions(channel)
  const feed = new RSS(options)
  for (const item of items) feed.item(itemOptions(item))
  return stampBuildDate(feed.xml(), new RSS(options).xml(), channel.changedAt)
}

/** Without an author: the library would write one that is no address. */
const channelOptions = ({ title, description, siteUrl, feedUrl, hub, changedAt }: RssChannel) => ({
  title: legalXml(title),
  description: legalXml(description),
  generator: 'Sitrep',
  site_url: siteUrl,
  feed_url: feedUrl,
  ...(hub ? { hub } : {}),
  pubDate: changedAt,
  language: 'en',
})

/** Without a `guid` of its own the library makes the address the guid and says that it is a permalink. */
const itemOptions = ({ title, html, url, at, guid, categories }: RssItem): ItemOptions => ({
  title: legalXml(title),
  description: legalXml(html),
  url,
  date: at,
  categories: categories.map(legalXml),
  ...(guid === undefined ? {} : { guid }),
})

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
