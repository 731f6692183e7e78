import { and, asc, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { LinkKind } from '../../api/domain/page-link.ts'
import { audiences, componentAudiences, pageLinks } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type Audience = typeof audiences.$inferSelect
export type PageLink = typeof pageLinks.$inferSelect
/** A link and how many hear private news by it. */
export type CountedLink = PageLink & { readers: number }

/** Audiences by name. */
export const listAudiences = (db: Reader): Promise<Audience[]> =>
  db.select().from(audiences).orderBy(asc(audiences.name), asc(audiences.id)).limit(500)

export async function audienceById(db: Reader, id: string): Promise<Audience | null> {
  const [row] = await db.select().from(audiences).where(eq(audiences.id, id))
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
  select count(*)::int from subscriber_links join subscribers on subscribers.id = subscriber_links.subscriber_id
  where subscriber_links.link_id = page_links.id and subscribers.state = 'active')`

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

/** Which of these ids are audiences. */
export async function knownAudiences(db: Reader, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await db
    .select({ id: audiences.id })
    .from(audiences)
    .where(inArray(audiences.id, [...ids]))
  return new Set(rows.map((row) => row.id))
}

/** Names of the living components that an audience sees and not everybody does, in page order. */
export async function privateComponentNames(db: Reader, audienceId: string): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`
    select components.name from ${componentAudiences} join components on components.id = ${componentAudiences.componentId}
    where ${componentAudiences.audienceId} = ${audienceId} and components.archived_at is null
    order by components.position, components.id`)
  return [...rows].map((row) => row.name)
}
