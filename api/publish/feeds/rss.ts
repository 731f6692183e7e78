import { below, componentUrl, type SiteAddress } from '../../domain/addresses.ts'
import type { ComponentRecord, Snapshot } from '../../domain/snapshot.ts'
import { changeOfComponentFeed, changeOfFeeds } from './changed.ts'
import { type RssItem, rssDocument } from './rss-document.ts'
import { tellingHtml, threadHtml } from './thread-html.ts'
import { lastToldAt, newestTellings, type Telling, type Thread, threadsAbout, threadsOf } from './threads.ts'
import { say } from './words.ts'

/** `/history.rss`: incidents and maintenance, one item each, under its address for ever (standards F1, F2). */
export function historyRss(snapshot: Snapshot, { publicUrl, hub }: SiteAddress): string {
  const company = snapshot.organisation.name
  const channel = {
    title: say('history_title', { company }),
    description: say('history_description', { company }),
    siteUrl: publicUrl,
    feedUrl: below(publicUrl, '/history.rss'),
    hub,
    changedAt: changeOfFeeds(snapshot).at,
  }
  return rssDocument(channel, threadsOf(snapshot, publicUrl).map(threadItem))
}

/** `/components/{id}.rss`: the same of one component. */
export function componentRss(record: ComponentRecord, snapshot: Snapshot, { publicUrl, hub }: SiteAddress): string {
  const names = { component: record.component.name, company: snapshot.organisation.name }
  const url = componentUrl(publicUrl, record.component.id)
  const channel = {
    title: say('component_title', names),
    description: say('component_description', names),
    siteUrl: url,
    feedUrl: below(publicUrl, `/components/${record.component.id}.rss`),
    hub,
    changedAt: changeOfComponentFeed(record, snapshot).at,
  }
  return rssDocument(channel, threadsAbout(record, publicUrl).map(threadItem))
}

/** `/updates.rss`: every update, one item each (standards F3); a correction changes its text, never its identity. */
export function updatesRss(snapshot: Snapshot, { publicUrl, hub }: SiteAddress): string {
  const company = snapshot.organisation.name
  const channel = {
    title: say('updates_title', { company }),
    description: say('updates_description', { company }),
    siteUrl: publicUrl,
    feedUrl: below(publicUrl, '/updates.rss'),
    hub,
    changedAt: changeOfFeeds(snapshot).at,
  }
  return rssDocument(channel, newestTellings(threadsOf(snapshot, publicUrl)).map(tellingItem))
}

const threadItem = (thread: Thread): RssItem => ({
  title: thread.title,
  html: threadHtml(thread),
  url: thread.url,
  at: lastToldAt(thread),
  categories: [],
})

const tellingItem = ({ thread, telling }: { thread: Thread; telling: Telling }): RssItem => ({
  title: say('update_title', { title: thread.title, word: telling.word }),
  html: tellingHtml(telling),
  url: `${thread.url}#${telling.anchor}`,
  at: telling.at,
  guid: telling.id,
  categories: [thread.id],
})
