import { plus } from './duration.ts'
import { type Secrets, signedShort, signedToken, signedUntil } from './signature.ts'
import { MANAGE_LINK_LIFE } from './subscription.ts'

/** What signs the links of readers, and where they lead. */
export interface Signing {
  secrets: Secrets
  urls: { api: string }
}

/** What an unsubscribe link carries: it works for ever (standards X7). */
export const unsubscribeToken = ({ secrets }: Pick<Signing, 'secrets'>, subscriberId: string): string =>
  signedToken('unsubscribe', subscriberId, secrets)

/** The way out, by one click (RFC 8058). */
export const unsubscribeUrl = (signing: Signing, subscriberId: string): string =>
  `${signing.urls.api}/subscriptions/unsubscribe?token=${unsubscribeToken(signing, subscriberId)}`

/** The reader's own choices; `from` is when the link was given, so that every attempt of a message says the same. */
export const manageUrl = (signing: Signing, subscriberId: string, from: Date): string =>
  manageUrlUntil(signing, subscriberId, plus(from, MANAGE_LINK_LIFE))

/** The same for as long as the link that leads to it. */
export const manageUrlUntil = ({ secrets, urls }: Signing, subscriberId: string, expiresAt: Date): string =>
  `${urls.api}/subscriptions/manage?token=${signedUntil('manage', subscriberId, expiresAt, secrets)}`

/** Leads there, and is short enough for a text message. */
export const shortManageUrl = ({ secrets, urls }: Signing, subscriberId: string, from: Date): string =>
  `${urls.api}/s/${signedShort('short_manage', subscriberId, plus(from, MANAGE_LINK_LIFE), secrets)}`
