import { sql } from 'drizzle-orm'
import { bigserial, boolean, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { CHANNELS, type Channel } from '../../api/domain/attempt.ts'
import { EVENTS, type Events, LISTS, type List } from '../../api/domain/audience.ts'
import type { KeptMeaning } from '../../api/domain/inbound.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { SUPPRESSION_REASONS, type SuppressionReason, type SuppressionSource } from '../../api/domain/suppression.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { incidents } from './incidents.ts'
import { people } from './people.ts'

/** What one can choose to hear; the same columns stand in a sign-up that waits and in a subscriber. */
const preferences = () => ({
  /** Component and group ids; both empty means everything. */
  componentIds: text('component_ids').array().notNull().default(sql`'{}'::text[]`),
  groupIds: text('group_ids').array().notNull().default(sql`'{}'::text[]`),
  minSeverity: text('min_severity').$type<Severity>().notNull().default('SEV4'),
  events: text('events').$type<Events>().notNull().default('all'),
  /** Whether planned work is told as well. */
  maintenance: boolean('maintenance').notNull().default(true),
  /** HH:MM in `timeZone`: between these nothing is sent, and what is still true afterwards is told then. */
  quietFrom: text('quiet_from'),
  quietTo: text('quiet_to'),
  locale: text('locale').notNull().default('en'),
  timeZone: text('time_zone').notNull().default('Etc/UTC'),
})

/** What is kept of somebody's agreement to hear from us (standards X14). */
const consent = () => ({
  consentTextVersion: text('consent_text_version'),
  /** Where the agreement was given: `form`, `api`, `import`, or what an import names. */
  consentSource: text('consent_source'),
  consentIp: text('consent_ip'),
})

/** `disabled`: an endpoint that failed for days; only the notice about it, on another channel, still goes out. */
export const SUBSCRIBER_STATES = ['active', 'ended', 'disabled'] as const

/** People outside who asked to hear from us and proved that the address is theirs. */
export const subscribers = pgTable(
  'subscribers',
  {
    id: id().primaryKey(),
    list: text('list').$type<List>().notNull().default('public'),
    channel: text('channel').$type<Channel>().notNull(),
    /** As typed, for sending. */
    address: text('address').notNull(),
    /** For comparing: lower-case A-label domain, E.164 (standards E46, S25). */
    addressKey: text('address_key').notNull(),
    state: text('state').$type<(typeof SUBSCRIBER_STATES)[number]>().notNull(),
    ...preferences(),
    /** Incidents that are followed whatever else was chosen; with `onlyFollowed` nothing else is heard. */
    followedIncidentIds: text('followed_incident_ids').array().notNull().default(sql`'{}'::text[]`),
    onlyFollowed: boolean('only_followed').notNull().default(false),
    /** Until then nothing is sent, as the reader wished. */
    pausedUntil: at('paused_until'),
    confirmedAt: at('confirmed_at').notNull(),
    endedAt: at('ended_at'),
    endedBy: text('ended_by'),
    ...consent(),
    consentAt: at('consent_at'),
    createdAt: bornAt(),
    updatedAt: bornAt('updated_at'),
  },
  (t) => [
    check('subscribers_list', oneOf(t.list, LISTS)),
    check('subscribers_channel', oneOf(t.channel, CHANNELS)),
    check('subscribers_state', oneOf(t.state, SUBSCRIBER_STATES)),
    check('subscribers_ended', sql`(${t.state} = 'active') = (${t.endedAt} is null)`),
    check('subscribers_quiet', sql`(${t.quietFrom} is null) = (${t.quietTo} is null)`),
    check('subscribers_events', oneOf(t.events, EVENTS)),
    check('subscribers_min_severity', oneOf(t.minSeverity, SEVERITIES)),
    uniqueIndex('subscribers_address').on(t.channel, t.addressKey, t.list),
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
    /** The one incident that is to be followed; null: everything chosen above. */
    incidentId: id('incident_id').references(() => incidents.id),
    /** For webhooks: the secret that the endpoint is given, sealed, and where its owner can be reached by mail. */
    webhookSecret: text('webhook_secret'),
    webhookContact: text('webhook_contact'),
    /** 32 random bytes, hex. Token and code are derived from it with SECRET; the row alone reveals neither. */
    nonce: text('nonce').notNull(),
    /** SHA-256 of the link's token, hex; null for SMS. */
    tokenHash: text('token_hash').unique(),
    wrongTries: integer('wrong_tries').notNull().default(0),
    ...consent(),
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
  /** What we took it for. */
  meaning: text('meaning').$type<KeptMeaning>().notNull(),
  receivedAt: bornAt('received_at'),
})

/** How a webhook's endpoint is signed for, and how it fares. */
export const webhookEndpoints = pgTable('webhook_endpoints', {
  subscriberId: id('subscriber_id')
    .primaryKey()
    .references(() => subscribers.id, { onDelete: 'cascade' }),
  /** `whsec_…`, sealed. */
  secret: text('secret').notNull(),
  /** After a rotation both sign until then (standards W3). */
  oldSecret: text('old_secret'),
  oldSecretUntil: at('old_secret_until'),
  /** Where its owner hears that it has been disabled. */
  contact: text('contact'),
  failingSince: at('failing_since'),
  updatedAt: bornAt('updated_at'),
})

/** Addresses that nothing is sent to any more (standards E42). Erasure leaves the keyed hash alone. */
export const suppressions = pgTable(
  'suppressions',
  {
    id: id().primaryKey(),
    channel: text('channel').$type<Channel>().notNull(),
    /** As in `subscribers`; null once its owner has been erased. */
    addressKey: text('address_key'),
    /** HMAC-SHA256 of channel and address key under SECRET: recognises the address without holding it. */
    addressHash: text('address_hash').notNull(),
    reason: text('reason').$type<SuppressionReason>().notNull(),
    /** Who told. */
    source: text('source').$type<SuppressionSource>().notNull(),
    code: text('code'),
    deliveryId: id('delivery_id'),
    createdAt: bornAt(),
    liftedAt: at('lifted_at'),
    liftedBy: id('lifted_by').references(() => people.id),
  },
  (t) => [
    check('suppressions_channel', oneOf(t.channel, CHANNELS)),
    check('suppressions_reason', oneOf(t.reason, SUPPRESSION_REASONS)),
    uniqueIndex('suppressions_address').on(t.channel, t.addressHash).where(sql`${t.liftedAt} is null`),
    index('suppressions_key').on(t.channel, t.addressKey).where(sql`${t.liftedAt} is null`),
  ],
)

/** Soft bounces, each counted once: a mailbox that was full is not dead, one that stays full is. */
export const softBounces = pgTable(
  'soft_bounces',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    channel: text('channel').$type<Channel>().notNull(),
    addressKey: text('address_key').notNull(),
    /** One delivery counts once, however often it is reported. */
    deliveryId: id('delivery_id').notNull().unique(),
    code: text('code'),
    at: bornAt('at'),
  },
  (t) => [index('soft_bounces_address').on(t.channel, t.addressKey, t.at)],
)

/** Reports of providers that have been heard, so that a replay changes nothing (standards S14, E40). */
export const heardReports = pgTable('heard_reports', {
  /** `<source>:<the provider's id of the event>`. */
  id: text('id').primaryKey(),
  heardAt: bornAt('heard_at'),
})
