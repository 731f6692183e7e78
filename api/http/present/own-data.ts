import type { Records, Subscriber } from '../../../db/queries/subscribers.ts'
import { maskAddress } from '../../domain/mask.ts'
import { subscriberJson } from './subscriber.ts'

const iso = (at: Date | null): string | null => at?.toISOString() ?? null

/**
 * All that is kept about a reader, for themselves (GDPR Art. 15 and 20). The link that asks may have been forwarded: what
 * tells who and where they are is shown in full only to somebody who knows the address already.
 */
export const ownData = (subscriber: Subscriber, records: Records, inFull: boolean) => ({
  subscription: inFull ? subscriberJson(subscriber) : masked(subscriber),
  sign_ups: records.signUps.map((row) => ({
    created_at: iso(row.createdAt),
    confirmed_at: iso(row.usedAt),
    consent: {
      text_version: row.consentTextVersion,
      source: row.consentSource,
      ip: inFull ? row.consentIp : hidden(row.consentIp),
    },
  })),
  deliveries: records.deliveries.map((row) => ({
    id: row.id,
    incident_id: row.incidentId,
    maintenance_id: row.maintenanceId,
    channel: row.channel,
    state: row.state,
    attempts: row.attempts,
    queued_at: iso(row.queuedAt),
    accepted_at: iso(row.acceptedAt),
    delivered_at: iso(row.deliveredAt),
  })),
  suppressions: records.suppressions.map((row) => ({
    reason: row.reason,
    source: row.source,
    created_at: iso(row.createdAt),
    lifted_at: iso(row.liftedAt),
  })),
  bounces: records.bounces.map((row) => ({ at: iso(row.at), code: row.code })),
  replies: records.replies.map((row) => ({
    received_at: iso(row.receivedAt),
    meaning: row.meaning,
    body: inFull ? row.body : hidden(row.body),
  })),
})

const hidden = (text: string | null): string | null => (text === null ? null : '***')

function masked(subscriber: Subscriber) {
  const json = subscriberJson(subscriber)
  const consent = { ...json.consent, ip: hidden(json.consent.ip) }
  return { ...json, address: maskAddress(subscriber.address), consent }
}
