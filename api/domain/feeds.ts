import { below, type SiteAddress } from './addresses.ts'

const FEED = /^(?:(?:history|updates|components\/[a-z0-9]+)\.(?:rss|atom)|feed\.json)$/

/** Whether a file of the public site, by its path, is a feed that readers subscribe to. */
export const isFeed = (path: string): boolean => FEED.test(path)

/** The address under which a feed of the public site is known: its `rel=self`, and the topic of WebSub. */
export const feedUrl = ({ publicUrl }: Pick<SiteAddress, 'publicUrl'>, path: string): string =>
  below(publicUrl, `/${path}`)
