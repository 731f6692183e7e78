import { below, type SiteAddress } from '../../domain/addresses.ts'
import type { Snapshot } from '../../domain/snapshot.ts'
import { tellingHtml, tellingText } from './thread-html.ts'
import { newestTellings, type Telling, type Thread, threadsOf } from './threads.ts'
import { say } from './words.ts'
import { legalXml } from './xml.ts'

/** `/feed.json`: every update, one item each, as JSON Feed 1.1 (standards F5). */
export function jsonFeed(snapshot: Snapshot, { publicUrl, hub }: SiteAddress): string {
  const company = snapshot.organisation.name
  return jsonDocument(threadsOf(snapshot, publicUrl), {
    title: say('updates_title', { company }),
    description: say('updates_description', { company }),
    author: company,
    home: publicUrl,
    self: below(publicUrl, '/feed.json'),
    hub,
  })
}

interface JsonFeed {
  title: string
  description: string
  author: string
  home: string
  self: string
  hub?: string | null | undefined
}

/** The newest words of threads as a JSON Feed, one item each. */
export function jsonDocument(
  threads: readonly Thread[],
  { title, description, author, home, self, hub }: JsonFeed,
): string {
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title,
    description,
    home_page_url: home,
    feed_url: self,
    language: 'en',
    authors: [{ name: author, url: home }],
    ...(hub ? { hubs: [{ type: 'WebSub', url: hub }] } : {}),
    items: newestTellings(threads).map(itemOf),
  }
  return JSON.stringify(feed, (_, value: unknown) => (typeof value === 'string' ? legalXml(value) : value))
}

const itemOf = ({ thread, telling }: { thread: Thread; telling: Telling }) => ({
  id: telling.id,
  url: `${thread.url}#${telling.anchor}`,
  title: say('update_title', { title: thread.title, word: telling.word }),
  content_html: tellingHtml(telling),
  content_text: tellingText(telling),
  date_published: telling.at.toISOString(),
  ...(telling.correctedAt === null ? {} : { date_modified: telling.correctedAt.toISOString() }),
  tags: [thread.id, telling.status],
})
