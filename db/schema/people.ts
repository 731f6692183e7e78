import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { ROLES, type Role } from '../../api/domain/role.ts'
import { at, bornAt, id, oneOf } from './columns.ts'

/** Staff. Also better-auth's user table: its property names are better-auth's, its columns ours. */
export const people = pgTable(
  'people',
  {
    id: id().primaryKey(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    emailVerified: boolean('email_verified').notNull().default(false),
    /** When the address was last proven; means nothing while `emailVerified` is false. */
    emailVerifiedAt: at('email_verified_at'),
    image: text('image'),
    phone: text('phone'),
    phoneVerifiedAt: at('phone_verified_at'),
    webhookUrl: text('webhook_url'),
    role: text('role').$type<Role>().notNull(),
    timeZone: text('time_zone').notNull().default('Etc/UTC'),
    locale: text('locale').notNull().default('en'),
    active: boolean('active').notNull().default(true),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [
    check('people_role', oneOf(t.role, ROLES)),
    uniqueIndex('people_email').on(sql`lower(${t.email})`),
    uniqueIndex('people_phone').on(t.phone).where(sql`${t.phone} is not null and ${t.active}`),
  ],
)

/** better-auth's sessions. */
export const sessions = pgTable(
  'sessions',
  {
    id: id().primaryKey(),
    token: text('token').notNull().unique(),
    userId: id('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    expiresAt: at('expires_at').notNull(),
    ipAddress: text('ip_address'),
    userAgent: text('user_agent'),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [index('sessions_person').on(t.userId)],
)

/** better-auth's accounts: a person's password (and later passkeys, OIDC). */
export const accounts = pgTable(
  'accounts',
  {
    id: id().primaryKey(),
    accountId: text('account_id').notNull(),
    providerId: text('provider_id').notNull(),
    userId: id('person_id')
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    accessToken: text('access_token'),
    refreshToken: text('refresh_token'),
    idToken: text('id_token'),
    accessTokenExpiresAt: at('access_token_expires_at'),
    refreshTokenExpiresAt: at('refresh_token_expires_at'),
    scope: text('scope'),
    password: text('password'),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [uniqueIndex('accounts_provider').on(t.providerId, t.accountId)],
)

/** better-auth's one-time values. */
export const verifications = pgTable('verifications', {
  id: id().primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: at('expires_at').notNull(),
  createdAt: bornAt(),
  updatedAt: bornAt('updated_at'),
})

/** Links with which people choose their password: at first, or after losing it. */
export const invitations = pgTable('invitations', {
  /** SHA-256 of the token, hex; the token itself is never stored (standards X7). */
  tokenHash: text('token_hash').primaryKey(),
  personId: id('person_id')
    .notNull()
    .references(() => people.id, { onDelete: 'cascade' }),
  createdAt: bornAt(),
  expiresAt: at('expires_at').notNull(),
  usedAt: at('used_at'),
})

export const apiKeys = pgTable(
  'api_keys',
  {
    id: id().primaryKey(),
    name: text('name').notNull(),
    role: text('role').$type<Role>().notNull(),
    personId: id('person_id').references(() => people.id),
    /** The first characters of the key, so that people can tell keys apart. */
    prefix: text('prefix').notNull(),
    /** SHA-256 of the key, hex (standards X8). */
    hash: text('hash').notNull().unique(),
    createdAt: bornAt(),
    lastUsedAt: at('last_used_at'),
    revokedAt: at('revoked_at'),
  },
  (t) => [check('api_keys_role', oneOf(t.role, ROLES))],
)

/** The company that speaks; exactly one row, made by the setup. */
export const organisation = pgTable(
  'organisation',
  {
    singleton: boolean('singleton').primaryKey().default(true),
    name: text('name').notNull(),
    shortName: text('short_name').notNull(),
    pageId: id('page_id').notNull(),
    supportUrl: text('support_url'),
    postalAddress: text('postal_address'),
    timeZone: text('time_zone').notNull().default('Etc/UTC'),
    termsUrl: text('terms_url'),
    privacyUrl: text('privacy_url'),
    logoSvg: text('logo_svg'),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [check('organisation_one', sql`${t.singleton}`)],
)

/** Counters of the rate limits (rate-limiter-flexible). */
export const rateLimits = pgTable('rate_limits', {
  key: text('key').primaryKey(),
  points: integer('points').notNull(),
  expire: at('expire'),
})
