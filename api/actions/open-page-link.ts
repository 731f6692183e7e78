import { and, eq, sql } from 'drizzle-orm'
import { type Audience, linkByHash, type PageLink } from '../../db/queries/audiences.ts'
import { pageLinks } from '../../db/schema.ts'
import { isLive, type LinkKind } from '../domain/page-link.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Acting, Store } from './acting.ts'
import { tokenHash } from './link-token.ts'

export interface Opened {
  link: PageLink
  /** Whose page it opens; null for the staff page. */
  audience: Audience | null
}

/** The link that a token names, while it lives. Refused when it names none of this kind (404), or one that has ended (410). */
export async function openPageLink(
  acting: Pick<Acting, 'clock'>,
  store: Store,
  kind: LinkKind,
  token: string,
): Promise<Opened> {
  const found = token === '' ? null : await linkByHash(store, kind, tokenHash(token))
  if (!found) throw new Refusal('not_found', 'This link opens nothing. Use the one you were given as it stands.')
  if (!isLive(found.link, await acting.clock(store)))
    throw new Refusal('gone', 'This link has ended. Ask whoever gave it to you for a new one.')
  return found
}

/** The audience whose page a token opens under this slug; a token of another page opens nothing here. */
export async function openAudience(
  acting: Pick<Acting, 'clock'>,
  store: Store,
  slug: string,
  token: string,
): Promise<Audience> {
  const { link, audience } = await openPageLink(acting, store, 'audience', token)
  if (audience?.slug !== slug)
    throw new Refusal('not_found', 'This link opens nothing. Use the one you were given as it stands.')
  await noteUse(store, link.id)
  return audience
}

/** When a link was last used, to the hour: a row written at every look would be a lock at every look. */
export const noteUse = (store: Store, id: string) =>
  store
    .update(pageLinks)
    .set({ lastUsedAt: sql`sitrep_now()` })
    .where(
      and(
        eq(pageLinks.id, id),
        sql`(${pageLinks.lastUsedAt} is null or ${pageLinks.lastUsedAt} < sitrep_now() - interval '1 hour')`,
      ),
    )
