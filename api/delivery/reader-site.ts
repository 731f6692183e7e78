import { readerSite, shortReaderUrl, staffSite } from '../domain/reader-links.ts'
import type { Composing, Facts } from './composing.ts'

/** The site that a message leads its reader to: everybody's, or one that opens by a token of the reader's own. */
export function siteOf(composing: Composing, { delivery, readOn }: Pick<Facts, 'delivery' | 'readOn'>): string {
  if (!readOn) return composing.urls.site
  const subscriberId = delivery.subscriberId!
  if (readOn === 'staff') return staffSite(composing, subscriberId)
  return readerSite(composing, { subscriberId, audienceId: readOn.id }, readOn.slug)
}

/** The short address that a text message ends with: `publicUrl`, unless that page is not the one its reader is shown. */
export const shortUrlFor = (composing: Composing, { delivery, readOn }: Facts, publicUrl: string): string =>
  readOn ? shortReaderUrl(composing, delivery.id) : publicUrl
