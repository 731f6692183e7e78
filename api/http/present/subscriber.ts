import { z } from 'zod'
import type { Subscriber } from '../../../db/queries/subscribers.ts'
import { SUBSCRIBER_STATES } from '../../../db/schema.ts'
import { CHANNELS } from '../../domain/attempt.ts'
import { EVENTS } from '../../domain/audience.ts'
import { SEVERITIES } from '../../domain/severity.ts'

const time = z.iso.datetime().nullable()

export const subscriberAnswer = z.strictObject({
  id: z.string(),
  channel: z.enum(CHANNELS),
  address: z.string(),
  state: z.enum(SUBSCRIBER_STATES),
  components: z.array(z.string()),
  component_groups: z.array(z.string()),
  min_severity: z.enum(SEVERITIES),
  events: z.enum(EVENTS),
  maintenance: z.boolean(),
  incident_ids: z.array(z.string()),
  only_followed: z.boolean(),
  locale: z.string(),
  time_zone: z.string(),
  quiet_hours: z.strictObject({ from: z.string(), to: z.string() }).nullable(),
  paused_until: time,
  confirmed_at: time,
  ended_at: time,
  consent: z.strictObject({
    text_version: z.string().nullable(),
    at: time,
    source: z.string().nullable(),
    ip: z.string().nullable(),
  }),
  created_at: time,
  updated_at: time,
})
export type SubscriberJson = z.infer<typeof subscriberAnswer>

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/** A subscriber as the API tells of them. */
export const subscriberJson = (row: Subscriber): SubscriberJson => ({
  id: row.id,
  channel: row.channel,
  address: row.address,
  state: row.state,
  components: row.componentIds,
  component_groups: row.groupIds,
  min_severity: row.minSeverity,
  events: row.events,
  maintenance: row.maintenance,
  incident_ids: row.followedIncidentIds,
  only_followed: row.onlyFollowed,
  locale: row.locale,
  time_zone: row.timeZone,
  quiet_hours: row.quietFrom !== null && row.quietTo !== null ? { from: row.quietFrom, to: row.quietTo } : null,
  paused_until: iso(row.pausedUntil),
  confirmed_at: iso(row.confirmedAt),
  ended_at: iso(row.endedAt),
  consent: {
    text_version: row.consentTextVersion,
    at: iso(row.consentAt),
    source: row.consentSource,
    ip: row.consentIp,
  },
  created_at: iso(row.createdAt),
  updated_at: iso(row.updatedAt),
})
