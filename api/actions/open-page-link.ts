import { and, eq, sql } from 'drizzle-orm'
import { type Audience, linkByHash, linkOfReader, type PageLink, standingLink } from '../../db/queries/audiences.ts'
import { standingDoorOf } from '../../db/queries/staff-readers.ts'
import { pageLinks } from '../../db/schema.ts'
import { isLive, type LinkKind } from '../domain/page-link.ts'
import { readerOf, staffReaderOf } from '../domain/reader-links.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Acting, Store } from './acting.ts'
import { tokenHash } from './link-token.ts'

export interface Opened {
  /** Null where one of staff opens their page by a token of their own and came by an account, and not by a link. */
  link: PageLink | null
  /** Whose page it opens; null for the staff page. */
  audience: Audience | null
}

/** What ended, and what to do about it. */
const ended = () => new Refusal('gone', 'This link has ended. Ask whoever gave it to you for a new one.')

/**
 * The link that a token names, while it lives; a reader's own token names the link by which they came. Refused when it
 * names none of this kind (404), or one that has ended (410).
 */
export async function openPageLink(
  acting: Pick<Acting, 'clock' | 'secrets'>,
  store: Store,
  kind: LinkKind,
  token: string,
): Promise<Opened> {
  const found = token === '' ? null : await linkNamed(acting, store, kind, token)
  if (!found) throw new Refusal('not_found', 'This link opens nothing. Use the one you were given as it stands.')
  if (found.link && !isLive(found.link, await acting.clock(store))) throw ended()
  return found
}

async function linkNamed(
  { secrets }: Pick<Acting, 'secrets'>,
  store: Store,
  kind: LinkKind,
  token: string,
): Promise<Opened | null> {
  const reader = kind === 'audience' ? readerOf(token, secrets) : null
  const ofStaff = kind === 'staff' ? staffReaderOf(token, secrets) : null
  if (ofStaff) return doorOfStaff(store, ofStaff)
  const found = await (reader ? linkOfReader(store, reader) : linkByHash(store, kind, tokenHash(token)))
  if (reader && !found) throw ended()
  return found
}

async function doorOfStaff(store: Store, subscriberId: string): Promise<Opened> {
  const door = await standingDoorOf(store, subscriberId)
  if (!door) throw ended()
  return { link: door.linkId === null ? null : await standingLink(store, door.linkId), audience: null }
}

/** The audience whose page a token opens under this slug; a token of another page opens nothing here. */
export async function openAudience(
  acting: Pick<Acting, 'clock' | 'secrets'>,
  store: Store,
  slug: string,
  token: string,
): Promise<Audience> {
  const { link, audience } = await openPageLink(acting, store, 'audience', token)
  if (audience?.slug !== slug)
    throw new Refusal('not_found', 'This link opens nothing. Use the one you were given as it stands.')
  await noteUse(store, link!.id)
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
