import { z } from 'zod'
import type { Audience, CountedLink, PageLink } from '../../../db/queries/audiences.ts'

const time = z.iso.datetime()

export const audienceAnswer = z.strictObject({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  created_at: time,
  updated_at: time,
})

export const audienceJson = (row: Audience): z.infer<typeof audienceAnswer> => ({
  id: row.id,
  slug: row.slug,
  name: row.name,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
})

const link = {
  id: z.string(),
  name: z.string(),
  created_at: time,
  expires_at: time,
  revoked_at: time.nullable(),
  last_used_at: time.nullable(),
}

export const pageLinkAnswer = z.strictObject({
  ...link,
  /** Subscribers who hear private news by it, or would if it lived. */
  readers: z.int(),
})

/** With the address that is shown only here. */
export const pageLinkOnceAnswer = z.strictObject({ ...link, token: z.string(), url: z.url() })

/** How many hear no private news any more. */
export const silencedAnswer = z.strictObject({ readers: z.int() })

const linkJson = (row: PageLink) => ({
  id: row.id,
  name: row.name,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt.toISOString(),
  revoked_at: row.revokedAt?.toISOString() ?? null,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
})

export const pageLinkJson = (row: CountedLink): z.infer<typeof pageLinkAnswer> => ({
  ...linkJson(row),
  readers: row.readers,
})

export const pageLinkOnceJson = (row: PageLink, token: string, url: string): z.infer<typeof pageLinkOnceAnswer> => ({
  ...linkJson(row),
  token,
  url,
})
