import { and, asc, desc, eq, inArray, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { LinkKind } from '../../api/domain/page-link.ts'
import type { Transaction } from '../client.ts'
import { audiences, componentAudiences, pageLinks, subscriberLinks, subscribers } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type Audience = typeof audiences.$inferSelect
export type PageLink = typeof pageLinks.$inferSelect
/** A link and how many hear private news by it. */
export type CountedLink = PageLink & { readers: number }

/** Living audiences by name. */
export const listAudiences = (db: Reader): Promise<Audience[]> =>
  db
    .select()
    .from(audiences)
    .where(isNull(audiences.archivedAt))
    .orderBy(asc(audiences.name), asc(audiences.id))
    .limit(500)

/** A living audience; null where there is none. */
export async function audienceById(db: Reader, id: string): Promise<Audience | null> {
  const [row] = await db
    .select()
    .from(audiences)
    .where(and(eq(audiences.id, id), isNull(audiences.archivedAt)))
  return row ?? null
}

/** The link of this token's hash and the audience whose page it opens; null where there is none. */
export async function linkByHash(
  db: Reader,
  kind: LinkKind,
  tokenHash: string,
): Promise<{ link: PageLink; audience: Audience | null } | null> {
  const [row] = await db
    .select({ link: pageLinks, audience: audiences })
    .from(pageLinks)
    .leftJoin(audiences, eq(audiences.id, pageLinks.audienceId))
    .where(and(eq(pageLinks.tokenHash, tokenHash), eq(pageLinks.kind, kind)))
  return row ?? null
}

const readers = sql<number>`(
  select count(*)::int from subscribers
  where subscribers.state = 'active' and subscribers.id in (
    select subscriber_id from subscriber_links where subscriber_links.link_id = page_links.id
    union all select subscriber_id from staff_readers where staff_readers.link_id = page_links.id))`

/** Links of an audience, or those to the staff page, newest first. */
export const listLinks = (
  db: Reader,
  of: { audienceId: string } | 'staff',
  { after, limit }: { after?: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<CountedLink[]> =>
  db
    .select({ ...columnsOfLink, readers })
    .from(pageLinks)
    .where(
      and(
        of === 'staff' ? eq(pageLinks.kind, 'staff') : eq(pageLinks.audienceId, of.audienceId),
        after &&
          or(
            lt(pageLinks.createdAt, after.createdAt),
            and(eq(pageLinks.createdAt, after.createdAt), lt(pageLinks.id, after.id)),
          ),
      ),
    )
    .orderBy(desc(pageLinks.createdAt), desc(pageLinks.id))
    .limit(limit)

const columnsOfLink = {
  id: pageLinks.id,
  kind: pageLinks.kind,
  audienceId: pageLinks.audienceId,
  name: pageLinks.name,
  tokenHash: pageLinks.tokenHash,
  createdAt: pageLinks.createdAt,
  expiresAt: pageLinks.expiresAt,
  revokedAt: pageLinks.revokedAt,
  lastUsedAt: pageLinks.lastUsedAt,
}

/** A link that has not been revoked, with its readers. */
export async function standingLink(db: Reader, id: string): Promise<CountedLink | null> {
  const [row] = await db
    .select({ ...columnsOfLink, readers })
    .from(pageLinks)
    .where(and(eq(pageLinks.id, id), isNull(pageLinks.revokedAt)))
  return row ?? null
}

/** Which of these ids are living audiences; they stay so until the transaction ends. */
export async function knownAudiences(db: Reader, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: audiences.id })
    .from(audiences)
    .where(and(inArray(audiences.id, [...ids]), isNull(audiences.archivedAt)))
    .orderBy(asc(audiences.id))
    .for('share')
  return new Set(rows.map((row) => row.id))
}

/** The names in addresses of these audiences, by audience. */
export async function slugsOf(db: Reader, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .select({ id: audiences.id, slug: audiences.slug })
    .from(audiences)
    .where(inArray(audiences.id, [...ids]))
  return new Map(rows.map(({ id, slug }) => [id, slug]))
}

/**
 * By which link a reader belongs to an audience, the one that lives longest; null where they came by none, or hear from
 * us no more.
 */
export async function linkOfReader(
  db: Reader,
  { subscriberId, audienceId }: { subscriberId: string; audienceId: string },
): Promise<{ link: PageLink; audience: Audience } | null> {
  const [row] = await db
    .select({ link: pageLinks, audience: audiences })
    .from(subscriberLinks)
    .innerJoin(subscribers, eq(subscribers.id, subscriberLinks.subscriberId))
    .innerJoin(pageLinks, eq(pageLinks.id, subscriberLinks.linkId))
    .innerJoin(audiences, eq(audiences.id, pageLinks.audienceId))
    .where(
      and(
        eq(subscriberLinks.subscriberId, subscriberId),
        eq(pageLinks.audienceId, audienceId),
        ne(subscribers.state, 'ended'),
      ),
    )
    .orderBy(sql`${pageLinks.revokedAt} nulls first`, desc(pageLinks.expiresAt))
    .limit(1)
  return row ?? null
}

/** Names of the living components that an audience sees and not everybody does, in page order. */
export async function privateComponentNames(db: Reader, audienceId: string): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select components.name from ${componentAudiences} join components on components.id = ${componentAudiences.componentId}
    where ${componentAudiences.audienceId} = ${audienceId} and components.archived_at is null
    order by components.position, components.id`)
  return [...rows].map((row) => row.name)
}

/** The living component that an audience alone is shown, the first in page order; null where others see whatever it sees. */
export async function shownToItAlone(db: Reader, audienceId: string): Promise<{ id: string; name: string } | null> {
  const [row] = await db.execute<{ id: string; name: string }>(sql`
    select components.id, components.name
    from ${componentAudiences} as kept join components on components.id = kept.component_id
    where kept.audience_id = ${audienceId} and components.archived_at is null and not ${sharedWithOthers}
    order by components.position, components.id limit 1`)
  return row ?? null
}

/**
 * Takes an audience off the components that others see as well. What it alone was shown keeps its row: without one, a
 * component that was archived would leave its past to everybody.
 */
export const leaveShared = (tx: Transaction, audienceId: string) =>
  tx.execute(sql`
    delete from ${componentAudiences} as kept where kept.audience_id = ${audienceId} and ${sharedWithOthers}`)

/** SQL: another living audience is shown the component of the row `kept`. */
const sharedWithOthers = sql`exists (
  select from component_audiences as other join audiences on audiences.id = other.audience_id
  where other.component_id = kept.component_id and other.audience_id <> kept.audience_id
    and audiences.archived_at is null)`

/** How many hear private news as readers of an audience. */
export async function readersOfAudience(db: Reader, audienceId: string): Promise<number> {
  const [row] = await db.execute<{ readers: number }>(sql`
    select count(*)::int as readers
    from subscriber_rights join subscribers on subscribers.id = subscriber_rights.subscriber_id
    where subscriber_rights.audience_id = ${audienceId} and subscribers.state = 'active'`)
  return row!.readers
}
