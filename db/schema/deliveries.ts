import { sql } from 'drizzle-orm'
import { type AnyPgColumn, bigserial, check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import {
  CHANNELS,
  type Channel,
  DELIVERY_STATES,
  type DeliveryState,
  LANES,
  type Lane,
} from '../../api/domain/attempt.ts'
import { ANNOUNCEMENT_KINDS, type AnnouncementKind, AUDIENCES, type Audience } from '../../api/domain/audience.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'
import { briefings } from './briefings.ts'
import { alerts } from './cadence.ts'
import { at, bornAt, id, oneOf } from './columns.ts'
import { components } from './components.ts'
import { holdingNotices } from './holding-notices.ts'
import { corrections, incidents, timelineEntries, updates } from './incidents.ts'
import { maintenanceUpdates } from './maintenances.ts'
import { people } from './people.ts'
import { staffNotes } from './staff-notes.ts'
import { confirmations, subscribers } from './subscribers.ts'

/** One thing to be told to an audience, written in the transaction of the change it tells (standards R2). */
export const announcements = pgTable(
  'announcements',
  {
    id: id().primaryKey(),
    kind: text('kind').$type<AnnouncementKind>().notNull(),
    audience: text('audience').$type<Audience>().notNull(),
    incidentId: id('incident_id').references(() => incidents.id),
    updateId: id('update_id').references(() => updates.id),
    /** With the update that it corrects. */
    correctionId: id('correction_id').references(() => corrections.id),
    maintenanceUpdateId: id('maintenance_update_id').references(() => maintenanceUpdates.id),
    holdingNoticeId: id('holding_notice_id').references(() => holdingNotices.id),
    alertId: id('alert_id').references(() => alerts.id),
    /** What the commander is told of the command: that it came to them, or that it is time to hand it over. */
    timelineEntryId: id('timeline_entry_id').references(() => timelineEntries.id),
    /** Of a briefing, and of the decision that it asks for. */
    briefingId: id('briefing_id').references(() => briefings.id),
    /** Not shown any more to some who chose it. */
    componentId: id('component_id').references(() => components.id),
    /** Meant for staff alone. */
    staffNoteId: id('staff_note_id').references(() => staffNotes.id),
    confirmationId: id('confirmation_id').references(() => confirmations.id),
    /** The endpoint that a notice is about. */
    subscriberId: id('subscriber_id').references(() => subscribers.id),
    /** The announcement of which staff are told that it waits for a second confirmation. */
    guardsId: id('guards_id').references((): AnyPgColumn => announcements.id),
    severity: text('severity').$type<Severity>(),
    /** Smaller goes first: severity rank for updates, 0 for confirmations. */
    priority: integer('priority').notNull(),
    /** After this it is no longer news and is not sent (contract section 6, Freshness). */
    expiresAt: at('expires_at').notNull(),
    createdAt: bornAt(),
    /** Fan-out goes through the subscribers in the order of their ids; this is the last one done. */
    fanOutCursor: text('fan_out_cursor').notNull().default(''),
    /** Set when every recipient has a row. */
    fannedOutAt: at('fanned_out_at'),
    /** More messages than is normal: it waits for a second confirmation, and the page does not. */
    guardedAt: at('guarded_at'),
    guardedReach: integer('guarded_reach'),
    releasedAt: at('released_at'),
    releasedBy: id('released_by').references(() => people.id),
  },
  (t) => [
    check('announcements_kind', oneOf(t.kind, ANNOUNCEMENT_KINDS)),
    check('announcements_audience', oneOf(t.audience, AUDIENCES)),
    check('announcements_severity', sql`${t.severity} is null or ${oneOf(t.severity, SEVERITIES)}`),
    uniqueIndex('announcements_update').on(t.updateId, t.kind).where(sql`${t.kind} = 'update'`),
    uniqueIndex('announcements_correction').on(t.correctionId),
    uniqueIndex('announcements_maintenance').on(t.maintenanceUpdateId),
    uniqueIndex('announcements_staff_note').on(t.staffNoteId),
    uniqueIndex('announcements_holding_notice').on(t.holdingNoticeId),
    uniqueIndex('announcements_guards').on(t.guardsId),
    index('announcements_volume').on(t.createdAt).where(sql`${t.kind} in ('update', 'correction', 'maintenance')`),
    index('announcements_guarded').on(t.guardedAt).where(sql`${t.guardedAt} is not null and ${t.fannedOutAt} is null`),
    index('announcements_waiting').on(t.priority, t.createdAt).where(sql`${t.fannedOutAt} is null`),
  ],
)

/**
 * The ledger, which is the queue as well: one row per announcement, recipient and channel (standards R3). Rows of
 * subscribers are born by the hundred thousand from statements that select what they name, so no foreign key looks each
 * of it up once more (it was two fifths of the time of a fan-out); and who is erased leaves their rows behind as counts.
 */
export const deliveries = pgTable(
  'deliveries',
  {
    id: id().primaryKey(),
    announcementId: id('announcement_id').notNull(),
    incidentId: id('incident_id'),
    updateId: id('update_id'),
    /** A correction is not overtaken by later updates: it mends what was told. */
    correctionId: id('correction_id'),
    maintenanceId: id('maintenance_id'),
    subscriberId: id('subscriber_id'),
    personId: id('person_id').references(() => people.id),
    confirmationId: id('confirmation_id').references(() => confirmations.id),
    audience: text('audience').$type<Audience>().notNull(),
    lane: text('lane').$type<Lane>().notNull(),
    priority: integer('priority').notNull(),
    channel: text('channel').$type<Channel>().notNull(),
    address: text('address').notNull(),
    state: text('state').$type<DeliveryState>().notNull().default('queued'),
    attempts: integer('attempts').notNull().default(0),
    /** Attempts of which nobody knows whether they arrived: so many duplicates are possible (standards R6). */
    unknowns: integer('unknowns').notNull().default(0),
    /** Fencing counter: raised by every claim, carried by every later write (standards R4). */
    claimNo: integer('claim_no').notNull().default(0),
    leaseUntil: at('lease_until'),
    code: text('code'),
    enhancedCode: text('enhanced_code'),
    reason: text('reason'),
    providerId: text('provider_id'),
    queuedAt: bornAt('queued_at'),
    sendingAt: at('sending_at'),
    acceptedAt: at('accepted_at'),
    deliveredAt: at('delivered_at'),
    bouncedAt: at('bounced_at'),
    /** When the carrier is asked what became of an accepted message that nothing was heard of (standards S15). */
    askAt: at('ask_at'),
    /** Null when nothing more will be tried. */
    nextAttemptAt: at('next_attempt_at').default(sql`sitrep_now()`),
    expiresAt: at('expires_at').notNull(),
  },
  (t) => [
    check('deliveries_state', oneOf(t.state, DELIVERY_STATES)),
    check('deliveries_channel', oneOf(t.channel, CHANNELS)),
    check('deliveries_lane', oneOf(t.lane, LANES)),
    check('deliveries_audience', oneOf(t.audience, AUDIENCES)),
    check('deliveries_one_recipient', sql`num_nonnulls(${t.subscriberId}, ${t.personId}, ${t.confirmationId}) = 1`),
    check('deliveries_lease', sql`(${t.state} in ('claimed', 'sending')) = (${t.leaseUntil} is not null)`),
    uniqueIndex('deliveries_subscriber').on(t.announcementId, t.subscriberId, t.channel),
    uniqueIndex('deliveries_person').on(t.announcementId, t.personId, t.channel).where(sql`${t.personId} is not null`),
    uniqueIndex('deliveries_confirmation').on(t.confirmationId).where(sql`${t.confirmationId} is not null`),
    index('deliveries_waiting')
      .on(t.channel, t.lane, t.priority, t.queuedAt)
      .where(sql`${t.state} in ('queued', 'failed_for_now')`),
    index('deliveries_held').on(t.leaseUntil).where(sql`${t.state} in ('claimed', 'sending')`),
    index('deliveries_to_ask').on(t.askAt).where(sql`${t.askAt} is not null`),
    index('deliveries_unknown').on(t.nextAttemptAt).where(sql`${t.state} = 'unknown'`),
    index('deliveries_incident').on(t.incidentId, t.subscriberId),
    // The board counts an update's rows, a hundred thousand of them, by this index.
    index('deliveries_board').on(t.updateId, t.channel, t.state).where(sql`${t.updateId} is not null`),
    index('deliveries_maintenance').on(t.maintenanceId, t.subscriberId).where(sql`${t.maintenanceId} is not null`),
    index('deliveries_endpoint').on(t.subscriberId).where(sql`${t.channel} = 'webhook'`),
    index('deliveries_provider').on(t.providerId).where(sql`${t.providerId} is not null`),
  ],
)

/** What an endpoint answered, attempt by attempt: the failure log of webhooks. */
export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    id: bigserial('id', { mode: 'number' }).primaryKey(),
    deliveryId: id('delivery_id')
      .notNull()
      .references(() => deliveries.id, { onDelete: 'cascade' }),
    attempt: integer('attempt').notNull(),
    at: bornAt('at'),
    /** HTTP status; null without an answer. */
    status: integer('status'),
    code: text('code'),
    /** The first few hundred bytes of the answer (standards W9). */
    excerpt: text('excerpt'),
  },
  (t) => [index('delivery_attempts_delivery').on(t.deliveryId)],
)

/** How each carrier fares, seen by every process: a pause after a failure of the channel itself, and its pace. */
export const channelStates = pgTable('channel_states', {
  channel: text('channel').$type<Channel>().primaryKey(),
  /** Nothing is handed to the carrier before this. */
  pausedUntil: at('paused_until'),
  /** Since when the channel itself fails (refused sign-in, no connection); null while it works. */
  failingSince: at('failing_since'),
  code: text('code'),
  reason: text('reason'),
  /** When the next message may go, by the rate that holds over all processes. */
  paceAt: at('pace_at'),
})
