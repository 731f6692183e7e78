import { sql } from 'drizzle-orm'
import { check, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { LINK_KINDS, type LinkKind } from '../../api/domain/page-link.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { components } from './components.ts'

/** Those outside who may see more than everybody does: a customer, a region. */
export const audiences = pgTable('audiences', {
  id: id().primaryKey(),
  /** Names it in addresses, for ever. */
  slug: text('slug').notNull().unique(),
  name: text('name').notNull(),
  createdAt: bornAt(),
  updatedAt: bornAt('updated_at'),
  /** Nobody belongs to it any more; what it alone was shown stays as hidden as before. */
  archivedAt: at('archived_at'),
})

/** Who may see a component. Without a row here, everybody may; with one, these audiences and nobody else outside. */
export const componentAudiences = pgTable(
  'component_audiences',
  {
    componentId: id('component_id')
      .notNull()
      .references(() => components.id),
    audienceId: id('audience_id')
      .notNull()
      .references(() => audiences.id),
  },
  (t) => [
    primaryKey({ columns: [t.componentId, t.audienceId] }),
    index('component_audiences_audience').on(t.audienceId),
  ],
)

/** Links that open a page to whoever holds them: the one of an audience, or the one of staff without an account. */
export const pageLinks = pgTable(
  'page_links',
  {
    id: id().primaryKey(),
    kind: text('kind').$type<LinkKind>().notNull(),
    /** For the kind `audience`. */
    audienceId: id('audience_id').references(() => audiences.id),
    /** The team or customer that was given it. */
    name: text('name').notNull(),
    /** SHA-256 of the token, hex (standards X7). */
    tokenHash: text('token_hash').notNull(),
    createdAt: bornAt(),
    expiresAt: at('expires_at').notNull(),
    revokedAt: at('revoked_at'),
    lastUsedAt: at('last_used_at'),
  },
  (t) => [
    check('page_links_kind', oneOf(t.kind, LINK_KINDS)),
    check('page_links_audience', sql`(${t.kind} = 'audience') = (${t.audienceId} is not null)`),
    uniqueIndex('page_links_token').on(t.tokenHash),
    index('page_links_of').on(t.audienceId),
  ],
)
