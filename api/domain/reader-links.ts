import { privatePageUrl, staffPageUrl } from './addresses.ts'
import { type Secrets, shortToken, signedToken, verifySigned } from './signature.ts'
import type { Signing } from './subscription-links.ts'

/** A reader as one of an audience: what they hear of another one is nobody's business there. */
export interface AudienceReader {
  subscriberId: string
  audienceId: string
}

/**
 * The page of an audience as one reader opens it, by a token of their own: it works for as long as they hear from us and
 * the link lives by which they came, and it opens no other audience's page.
 */
export const readerSite = (
  { secrets, urls }: Signing,
  { subscriberId, audienceId }: AudienceReader,
  slug: string,
): string => privatePageUrl(urls.api, slug, signedToken('reader', `${subscriberId}-${audienceId}`, secrets))

/** Whose token it is; null where it is none of a reader's. */
export function readerOf(token: string, secrets: Secrets): AudienceReader | null {
  const [subscriberId, audienceId] = verifySigned('reader', token, secrets)?.split('-') ?? []
  return subscriberId && audienceId ? { subscriberId, audienceId } : null
}

/** The page of support and sales as one of them opens it: for as long as they hear from us, and what they came by stands. */
export const staffSite = ({ secrets, urls }: Signing, subscriberId: string): string =>
  staffPageUrl(urls.api, signedToken('staff', subscriberId, secrets))

/** Which subscriber of staff a token is of; null where it is none of theirs. */
export const staffReaderOf = (token: string, secrets: Secrets): string | null => verifySigned('staff', token, secrets)

/** The short address of what a text message told, for its reader: leads to where they may read it. */
export const shortReaderUrl = ({ secrets, urls }: Signing, deliveryId: string): string =>
  `${urls.api}/r/${shortToken('read', deliveryId, secrets)}`
