import type { SiteAddress } from '../../domain/addresses.ts'
import type { Snapshot } from '../../domain/snapshot.ts'
import { tellingHtml, tellingText } from './thread-html.ts'
import { newestTellings, type Telling, type Thread, threadsOf } from './threads.ts'
import { say } from './words.ts'
import { legalXml } from './xml.ts'

/** `/feed.json`: every update, one item each, as JSON Feed 1.1 (standards F5). */
export function jsonFeed(snapshot: Snapshot, { publicUrl }: SiteAddress): string {
  const company = snapshot.organisation.name
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: say('updates_title', { company }),
    description: say('updates_description', { company }),
    home_page_url: publicUrl,
    feed_url: `${publicUrl}/feed.json`,
    language: 'en',
    authors: [{ name: company, url: publicUrl }],
    items: newestTellings(threadsOf(snapshot, publicUrl)).map(itemOf),
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
