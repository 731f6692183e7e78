import { componentUrl, incidentUrl, maintenanceUrl, type SiteAddress } from '../../domain/addresses.ts'
import { monthsSince } from '../../domain/days.ts'
import { LANGUAGES, type Language } from '../../domain/pages.ts'
import type { Change, MonthSeen, Snapshot } from '../../domain/snapshot.ts'
import { element, emptyElement, textElement, XML_DECLARATION } from './xml.ts'

const SITEMAPS = 'http://www.sitemaps.org/schemas/sitemap/0.9'
const XHTML = 'http://www.w3.org/1999/xhtml'

/** `/sitemap.xml`: where the pages that always are and those of each month are listed. */
export const sitemapIndex = ({ began, last }: Snapshot, { publicUrl }: SiteAddress): string =>
  [
    `${XML_DECLARATION}<sitemapindex xmlns="${SITEMAPS}">`,
    listed('sitemap', `${publicUrl}/sitemap-pages.xml`),
    ...monthsSince(began, last.at).map((month) => listed('sitemap', `${publicUrl}/sitemap-${month}.xml`)),
    '</sitemapindex>\n',
  ].join('\n')

/** `/sitemap-pages.xml`: the pages that always are, and the components; it changes with their names and with no post. */
export const pagesSitemap = ({ components }: Snapshot, { publicUrl }: SiteAddress): string => {
  const paths = ['/', '/history', '/maintenance', '/subscribe', ...components.map(({ id }) => componentUrl('', id))]
  return urlSet(
    publicUrl,
    paths.map((path) => ({ path, changed: null })),
  )
}

/** `/sitemap-{YYYY-MM}.xml`: the page of a month, and of all that began in it or is to begin. */
export const monthSitemap = (
  { month, changed, incidents, maintenances }: MonthSeen,
  { publicUrl }: SiteAddress,
): string =>
  urlSet(publicUrl, [
    { path: `/history/${month}`, changed },
    ...incidents.map(({ id }) => ({ path: incidentUrl('', id), changed: null })),
    ...maintenances.map(({ id }) => ({ path: maintenanceUrl('', id), changed: null })),
  ])

/** A page, and the change of its content where we know that. */
interface ListedPage {
  path: string
  changed: Change | null
}

const urlSet = (site: string, pages: readonly ListedPage[]): string =>
  [
    `${XML_DECLARATION}<urlset xmlns="${SITEMAPS}" xmlns:xhtml="${XHTML}">`,
    ...pages.flatMap(({ path, changed }) => {
      const others = alternates(site, path)
      return LANGUAGES.map((language) => listed('url', inLanguage(site, path, language), changed, others))
    }),
    '</urlset>\n',
  ].join('\n')

/** A page in each language, as search engines ask for it: every version names all. */
const alternates = (site: string, path: string): string =>
  [...LANGUAGES.map((language) => [language, language] as const), ['x-default', LANGUAGES[0]] as const]
    .map(([hreflang, language]) => ({ rel: 'alternate', hreflang, href: inLanguage(site, path, language) }))
    .map((attributes) => emptyElement('xhtml:link', attributes))
    .join('')

/** A page of the site in one of its languages; the first of them has no prefix. */
const inLanguage = (site: string, path: string, language: Language): string =>
  language === LANGUAGES[0] ? `${site}${path}` : `${site}/${language}${path}`

/** Times are dates: a second post on one day moves nothing. */
const listed = (name: 'sitemap' | 'url', url: string, changed: Change | null = null, rest = ''): string => {
  const lastmod = changed === null ? '' : textElement('lastmod', changed.at.toISOString().slice(0, 10))
  return element(name, textElement('loc', url) + lastmod + rest)
}
