import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { CHANNELS, type Channel } from '../../api/domain/attempt.ts'
import { EVENTS, type Events } from '../../api/domain/audience.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { at, bornAt, id, oneOf } from './columns.ts'

/** What one can choose to hear; the same columns stand in a sign-up that waits and in a subscriber. */
const preferences = () => ({
  /** Component and group ids; both empty means everything. */
  componentIds: text('component_ids').array().notNull().default(sql`'{}'::text[]`),
  groupIds: text('group_ids').array().notNull().default(sql`'{}'::text[]`),
  minSeverity: text('min_severity').$type<Severity>().notNull().default('SEV4'),
  events: text('events').$type<Events>().notNull().default('all'),
  /** Whether planned work is told as well. */
  maintenance: boolean('maintenance').notNull().default(true),
  locale: text('locale').notNull().default('en'),
  timeZone: text('time_zone').notNull().default('Etc/UTC'),
})

export const SUBSCRIBER_STATES = ['active', 'ended'] as const

/** People outside who asked to hear from us and proved that the address is theirs. */
export const subscribers = pgTable(
  'subscribers',
  {
    id: id().primaryKey(),
    channel: text('channel').$type<Channel>().notNull(),
    /** As typed, for sending. */
    address: text('address').notNull(),
    /** For comparing: lower-case A-label domain, E.164 (standards E46, S25). */
    addressKey: text('address_key').notNull(),
    state: text('state').$type<(typeof SUBSCRIBER_STATES)[number]>().notNull(),
    ...preferences(),
    confirmedAt: at('confirmed_at').notNull(),
    endedAt: at('ended_at'),
    endedBy: text('ended_by'),
    consentTextVersion: text('consent_text_version'),
    consentAt: at('consent_at'),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [
    check('subscribers_channel', oneOf(t.channel, CHANNELS)),
    check('subscribers_state', oneOf(t.state, SUBSCRIBER_STATES)),
    check('subscribers_ended', sql`(${t.state} = 'ended') = (${t.endedAt} is not null)`),
    check('subscribers_events', oneOf(t.events, EVENTS)),
    check('subscribers_min_severity', oneOf(t.minSeverity, SEVERITIES)),
    uniqueIndex('subscribers_address').on(t.channel, t.addressKey),
    index('subscribers_active').on(t.id).where(sql`${t.state} = 'active'`),
  ],
)

/** A sign-up waiting for its proof: a link by mail, six digits by SMS. */
export const confirmations = pgTable(
  'confirmations',
  {
    id: id().primaryKey(),
    channel: text('channel').$type<Channel>().notNull(),
    address: text('address').notNull(),
    addressKey: text('address_key').notNull(),
    ...preferences(),
    /** 32 random bytes, hex. Token and code are derived from it with SECRET; the row alone reveals neither. */
    nonce: text('nonce').notNull(),
    /** SHA-256 of the link's token, hex; null for SMS. */
    tokenHash: text('token_hash').unique(),
    wrongTries: integer('wrong_tries').notNull().default(0),
    consentTextVersion: text('consent_text_version'),
    createdAt: bornAt(),
    expiresAt: at('expires_at').notNull(),
    usedAt: at('used_at'),
  },
  (t) => [
    check('confirmations_channel', oneOf(t.channel, CHANNELS)),
    index('confirmations_address').on(t.channel, t.addressKey, t.createdAt),
  ],
)

/** Replies by SMS that no keyword explains, for a person to read (standards S16). */
export const inboundMessages = pgTable('inbound_messages', {
  id: id().primaryKey(),
  providerId: text('provider_id').notNull().unique(),
  channel: text('channel').$type<Channel>().notNull(),
  addressKey: text('address_key').notNull(),
  body: text('body').notNull(),
  /** What we took it for: stop, start, help, or unmatched. */
  meaning: text('meaning').notNull(),
  receivedAt: bornAt('received_at'),
})
