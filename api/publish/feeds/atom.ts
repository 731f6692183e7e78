import { below, componentUrl, type SiteAddress } from '../../domain/addresses.ts'
import { remembering } from '../../domain/remembering.ts'
import type { Change, ComponentRecord, Snapshot } from '../../domain/snapshot.ts'
import { changeOfComponentFeed, changeOfFeeds } from './changed.ts'
import { threadHtml } from './thread-html.ts'
import { lastEditedAt, type Thread, threadsAbout, threadsOf } from './threads.ts'
import { say } from './words.ts'
import { element, emptyElement, escapeXml, textElement, XML_DECLARATION } from './xml.ts'

/** `/history.atom`: incidents and maintenance, one entry each, whose identity stays and whose `updated` moves (F4). */
export function historyAtom(snapshot: Snapshot, { publicUrl, hub }: SiteAddress): string {
  const company = snapshot.organisation.name
  return atomDocument(threadsOf(snapshot, publicUrl), {
    path: '/history',
    title: say('history_title', { company }),
    author: { name: company, url: publicUrl },
    siteUrl: publicUrl,
    feedUrl: below(publicUrl, '/history.atom'),
    hub,
    changed: changeOfFeeds(snapshot),
  })
}

/** `/components/{id}.atom`: the same of one component. */
export function componentAtom(record: ComponentRecord, snapshot: Snapshot, { publicUrl, hub }: SiteAddress): string {
  const company = snapshot.organisation.name
  const url = componentUrl(publicUrl, record.component.id)
  return atomDocument(threadsAbout(record, publicUrl), {
    path: `/components/${record.component.id}`,
    title: say('component_title', { component: record.component.name, company }),
    author: { name: company, url: publicUrl },
    siteUrl: url,
    feedUrl: below(publicUrl, `/components/${record.component.id}.atom`),
    hub,
    changed: changeOfComponentFeed(record, snapshot),
  })
}

interface AtomFeed {
  /** What tells the feeds of one host apart. */
  path: string
  title: string
  author: { name: string; url: string }
  siteUrl: string
  feedUrl: string
  hub?: string | null | undefined
  changed: Change
}

/** Threads as an Atom feed, one entry each. */
export const atomDocument = (threads: readonly Thread[], feed: AtomFeed): string =>
  [
    `${XML_DECLARATION}<feed xml:lang="en" xmlns="http://www.w3.org/2005/Atom">`,
    textElement('id', tagOf(feed.feedUrl, feed.path)),
    emptyElement('link', { rel: 'alternate', type: 'text/html', href: feed.siteUrl }),
    emptyElement('link', { rel: 'self', type: 'application/atom+xml', href: feed.feedUrl }),
    ...(feed.hub ? [emptyElement('link', { rel: 'hub', href: feed.hub })] : []),
    textElement('title', feed.title, { type: 'text' }),
    textElement('updated', feed.changed.at.toISOString()),
    element('author', textElement('name', feed.author.name) + textElement('uri', feed.author.url)),
    '<generator>Sitrep</generator>',
    ...threads.map(atomEntry),
    '</feed>\n',
  ].join('\n')

const atomEntry = (thread: Thread): string =>
  [
    '<entry>',
    textElement('id', tagOf(thread.url, `${thread.kind}/${thread.id}`)),
    textElement('published', thread.createdAt.toISOString()),
    textElement('updated', lastEditedAt(thread).toISOString()),
    emptyElement('link', { rel: 'alternate', type: 'text/html', href: thread.url }),
    textElement('title', thread.title, { type: 'text' }),
    element('content', escapedOnce(threadHtml(thread)), { type: 'html' }),
    '</entry>',
  ].join('\n')

/** Threads are long, and few of them change between two posts. */
const escapedOnce = remembering(500, escapeXml)

/** An identity that no move of a page changes (RFC 4151): Statuspage's own form. */
const tagOf = (url: string, specific: string): string => `tag:${new URL(url).hostname},2005:${specific}`
