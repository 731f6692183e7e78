import { type Company, LANGUAGES, type Language } from '../api/domain/pages.ts'
import { fileAt, inLanguage, language, t, to } from './words.ts'

export interface Link {
  href: string
  words: string
}

/** What stands below every page: the rest of the site, its machine twins, and whom to ask. */
export function footLinks(company: Company, site: string): Link[] {
  const links: [string | null, string][] = [
    [site + to('/maintenance'), t('maintenance')],
    [site + fileAt('/status.json'), 'status.json'],
    [site + fileAt('/history.rss'), t('rss')],
    [site + fileAt('/history.atom'), t('atom')],
    [site + fileAt('/feed.json'), t('json_feed')],
    [site + fileAt('/calendar.ics'), t('calendar')],
    [company.supportUrl, t('contact_support')],
    [company.termsUrl, t('terms')],
    [company.privacyUrl, t('privacy')],
  ]
  return links.flatMap(([href, words]) => (href ? [{ href, words }] : []))
}

/** The page in each other language, under that language's own name. */
export const otherLanguages = (path: string): (Link & { lang: Language })[] =>
  LANGUAGES.filter((other) => other !== language()).map((other) => ({
    lang: other,
    href: to(path, other),
    words: inLanguage(other, () => t('language_name')),
  }))
