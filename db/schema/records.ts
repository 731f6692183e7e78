import { bigserial, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { at, bornAt, id } from './columns.ts'
import { people } from './people.ts'

/** Who did what, when, from where; append-only (a trigger refuses UPDATE and DELETE, standards X11). */
export const auditLog = pgTable(
  'audit_log',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    at: bornAt('at'),
    /** `person`, `key`, `system` or `public`. */
    actorKind: text('actor_kind').notNull(),
    actorId: id('actor_id'),
    actorName: text('actor_name'),
    action: text('action').notNull(),
    subjectKind: text('subject_kind').notNull(),
    subjectId: text('subject_id'),
    before: jsonb('before').$type<Record<string, unknown>>(),
    after: jsonb('after').$type<Record<string, unknown>>(),
    ip: text('ip'),
  },
  (t) => [index('audit_log_subject').on(t.subjectKind, t.subjectId), index('audit_log_at').on(t.at)],
)

/** The first answer to each Idempotency-Key, kept 24 hours. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** Whose key it is: `person:<id>` or `key:<id>`; two callers may pick the same word. */
    owner: text('owner').notNull(),
    key: text('key').notNull(),
    requestHash: text('request_hash').notNull(),
    /** Null while the first request is still being answered. */
    status: integer('status'),
    headers: jsonb('headers').$type<Record<string, string>>(),
    body: text('body'),
    createdAt: bornAt(),
  },
  (t) => [primaryKey({ columns: [t.owner, t.key] }), index('idempotency_keys_age').on(t.createdAt)],
)

/** When each recurring duty last did its round, by process: the watchman's watchman (standards R17). */
export const dutyRounds = pgTable(
  'duty_rounds',
  {
    duty: text('duty').notNull(),
    process: text('process').notNull(),
    lastRoundAt: at('last_round_at').notNull(),
    /** What went wrong in the last round; null when it went well. */
    trouble: text('trouble'),
  },
  (t) => [primaryKey({ columns: [t.duty, t.process] })],
)

/**
 * Each time that this database was filled from a backup. Until a person releases it, nothing is sent, published or
 * alerted from it: what it takes for news may have been told long ago (standards R22).
 */
export const restores = pgTable('restores', {
  id: id().primaryKey(),
  /** The instant that the backup holds. */
  takenAt: at('taken_at').notNull(),
  restoredAt: bornAt('restored_at'),
  releasedAt: at('released_at'),
  /** Null where the command line released it. */
  releasedBy: id('released_by').references(() => people.id),
})
