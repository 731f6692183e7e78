import { sql } from 'drizzle-orm'
import { check, foreignKey, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { ALERT_SOURCE_KINDS, type AlertSourceKind, DRAFT_STATES, type DraftState } from '../../api/domain/draft.ts'
import type { GenericMapping } from '../../api/domain/incoming-alerts/generic.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { incidents } from './incidents.ts'

/** Who may post alerts to `/hooks/alerts/{kind}?key=…`. */
export const alertSources = pgTable(
  'alert_sources',
  {
    id: id().primaryKey(),
    kind: text('kind').$type<AlertSourceKind>().notNull(),
    name: text('name').notNull(),
    /** The first characters of the key, so that people can tell keys apart. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the key, hex (standards W15). */
    hash: text('hash').notNull().unique(),
    /** What the source signs with, sealed; null where it does not sign. */
    sealedSecret: text('sealed_secret'),
    /** Where a generic source's JSON has what; null for the known kinds. */
    mapping: jsonb('mapping').$type<GenericMapping>(),
    createdAt: bornAt(),
    revokedAt: at('revoked_at'),
  },
  (t) => [check('alert_sources_kind', oneOf(t.kind, ALERT_SOURCE_KINDS))],
)

/** What a group of alerts suggests to a person, who alone can make an incident of it (standards W11). Always internal. */
export const drafts = pgTable(
  'drafts',
  {
    id: id().primaryKey(),
    sourceId: id('source_id')
      .notNull()
      .references(() => alertSources.id),
    /** SHA-256 of the source's own name for the group, hex. */
    groupKey: text('group_key').notNull(),
    title: text('title').notNull(),
    state: text('state').$type<DraftState>().notNull().default('open'),
    /** When the first of its alerts began to fire, by the source's clock, though never after we heard of it. */
    detectedAt: at('detected_at').notNull(),
    /** When something last became known of it. */
    lastAlertAt: at('last_alert_at').notNull(),
    /** When all its alerts had been resolved; later ones make a draft of their own. */
    endedAt: at('ended_at'),
    incidentId: id('incident_id').references(() => incidents.id),
    createdAt: bornAt(),
  },
  (t) => [
    check('drafts_state', oneOf(t.state, DRAFT_STATES)),
    check('drafts_declared', sql`(${t.state} = 'declared') = (${t.incidentId} is not null)`),
    check('drafts_closed', sql`${t.state} <> 'closed' or ${t.endedAt} is not null`),
    uniqueIndex('drafts_group').on(t.sourceId, t.groupKey).where(sql`${t.endedAt} is null`),
    index('drafts_heard').on(t.sourceId, t.groupKey),
    index('drafts_open').on(t.createdAt).where(sql`${t.state} = 'open'`),
    index('drafts_incident').on(t.incidentId).where(sql`${t.incidentId} is not null`),
  ],
)

/** The alerts of a draft. Each is known by group, fingerprint and beginning, so that hearing it twice counts once (W12). */
export const draftAlerts = pgTable(
  'draft_alerts',
  {
    draftId: id('draft_id').notNull(),
    /** SHA-256 of the source's own name for the alert, hex. */
    fingerprint: text('fingerprint').notNull(),
    startsAt: at('starts_at').notNull(),
    title: text('title').notNull(),
    /** An http(s) address at the source. */
    url: text('url'),
    resolvedAt: at('resolved_at'),
  },
  (t) => [
    primaryKey({ columns: [t.draftId, t.fingerprint, t.startsAt] }),
    foreignKey({ columns: [t.draftId], foreignColumns: [drafts.id] }).onDelete('cascade'),
  ],
)
