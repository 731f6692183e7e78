import { DAY } from './duration.ts'

/** Whose page a link opens: an audience's, or the one of support and sales. */
export const LINK_KINDS = ['audience', 'staff'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** How long a link lives unless another day is named, in milliseconds. */
export const LINK_LIFE = 365 * DAY

/** Whether a link opens anything at a time. */
export const isLive = (link: { revokedAt: Date | null; expiresAt: Date }, now: Date): boolean =>
  link.revokedAt === null && link.expiresAt > now
