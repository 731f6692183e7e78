import { type Company, LANGUAGES, type Stamp } from '../api/domain/pages.ts'
import { escapeHtml, place, t, to } from './words.ts'

/**
 * `<meta>` elements of a page. Their contents hold names typed by people; here `<` and `>` are escaped too, which the
 * attributes of components leave as they are.
 */
export const metaTags = (tags: readonly (readonly ['name' | 'property', string, string])[]): string =>
  tags.map(([kind, name, content]) => `<meta ${kind}="${name}" content="${escapeHtml(content)}">`).join('')

/** Where a page's links begin: nowhere on a published page or in a place, else at the site's own address. */
export const siteOf = (company: Company, stamp: Stamp | null): string => (stamp || place() ? '' : company.siteUrl)

export interface Feed {
  type: string
  title: string
  href: string
}

const RSS = 'application/rss+xml'
const ATOM = 'application/atom+xml'

const feedsOfComponent = (component: { id: string; name: string }): Feed[] => [
  { type: RSS, title: t('feed_component', { component: component.name }), href: `/components/${component.id}.rss` },
  {
    type: ATOM,
    title: t('feed_component_atom', { component: component.name }),
    href: `/components/${component.id}.atom`,
  },
]

/** What readers of feeds find by the address of a page alone (standards F9): a component's own feeds come first. */
export const feeds = (component: { id: string; name: string } | null): Feed[] => [
  ...(component ? feedsOfComponent(component) : []),
  { type: RSS, title: t('feed_incidents'), href: '/history.rss' },
  { type: ATOM, title: t('feed_incidents_atom'), href: '/history.atom' },
  { type: 'application/feed+json', title: t('feed_updates'), href: '/feed.json' },
]

/** The same page in each language, and the one for everybody else. */
export const inEachLanguage = (path: string): { hreflang: string; href: string }[] => [
  ...LANGUAGES.map((language) => ({ hreflang: language, href: to(path, language) })),
  { hreflang: 'x-default', href: to(path, LANGUAGES[0]) },
]
