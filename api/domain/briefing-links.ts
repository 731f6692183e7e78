import { type Secrets, signedUntil } from './signature.ts'

/** The page of one briefing for the one it was sent to; its token names the recipient's row. */
export const briefingUrl = (
  { urls, secrets }: { urls: { api: string }; secrets: Secrets },
  recipient: { id: string; linkExpiresAt: Date },
): string => `${urls.api}/b/${signedUntil('briefing', recipient.id, recipient.linkExpiresAt, secrets)}`
