import type { IncomingAlert } from './incoming-alerts/report.ts'

/** Systems whose alerts are understood (contract section 7). */
export const ALERT_SOURCE_KINDS = ['alertmanager', 'grafana', 'pagerduty', 'generic'] as const
export type AlertSourceKind = (typeof ALERT_SOURCE_KINDS)[number]

/**
 * `open` waits for a person; `declared` became an incident, `dismissed` was turned down; `closed` ended by itself, its alerts
 * all resolved.
 */
export const DRAFT_STATES = ['open', 'declared', 'dismissed', 'closed'] as const
export type DraftState = (typeof DRAFT_STATES)[number]

/** An alert that a draft of the group holds already. */
export interface HeldAlert {
  /** Whether its draft has not ended. */
  live: boolean
  fingerprint: string
  startsAt: Date
  resolvedAt: Date | null
}

/** What a report changes about the drafts of its group. Fingerprints name alerts. */
export interface Growth {
  /** Alerts that were not known. */
  fresh: { alert: IncomingAlert; startsAt: Date }[]
  /** Fingerprints of those that fired until now. */
  resolved: string[]
  /** Alerts whose end was heard before their beginning: kept, so that the beginning is known when it comes late. */
  ended: { alert: IncomingAlert; startsAt: Date }[]
  /** Whether anything still fires afterwards. */
  fires: boolean
}

/**
 * What is new in a report. An alert is known by fingerprint and beginning, and while it fires by its fingerprint alone: told
 * twice, by two peers, or late, when it has long been resolved, it changes nothing (W10, W12). An end may overtake its
 * beginning on the way.
 */
export function growthOf(reported: readonly IncomingAlert[], held: readonly HeldAlert[], now: Date): Growth {
  const firing = new Map<string, Date>()
  for (const { live, fingerprint, startsAt, resolvedAt } of held)
    if (live && resolvedAt === null) firing.set(fingerprint, startsAt)
  const known = new Set(held.map(({ fingerprint, startsAt }) => beginningOf(fingerprint, startsAt)))
  const fresh: Growth['fresh'] = []
  const resolved = new Set<string>()
  const ended: Growth['ended'] = []
  for (const alert of reported.filter(({ endsAt }) => endsAt !== null)) {
    const since = firing.get(alert.fingerprint)
    if (since === undefined) endUnheard(alert, known, ended)
    if (since === undefined || !isOver(alert, since)) continue
    firing.delete(alert.fingerprint)
    resolved.add(alert.fingerprint)
  }
  for (const alert of reported.filter(({ endsAt }) => endsAt === null)) {
    const startsAt = alert.startsAt && alert.startsAt < now ? alert.startsAt : now
    if (firing.has(alert.fingerprint) || known.has(beginningOf(alert.fingerprint, alert.startsAt ?? now))) continue
    firing.set(alert.fingerprint, startsAt)
    fresh.push({ alert, startsAt })
  }
  return { fresh, resolved: [...resolved], ended, fires: firing.size > 0 }
}

/** One that does not say when it began could not be told from one that begins later. */
function endUnheard(alert: IncomingAlert, known: Set<string>, ended: Growth['ended']): void {
  const { fingerprint, startsAt } = alert
  if (startsAt === null || known.has(beginningOf(fingerprint, startsAt))) return
  known.add(beginningOf(fingerprint, startsAt))
  ended.push({ alert, startsAt })
}

const beginningOf = (fingerprint: string, startsAt: Date): string => `${startsAt.getTime()} ${fingerprint}`

/** An end that came before the beginning we know ended an earlier time that it fired. */
const isOver = ({ startsAt, endsAt }: IncomingAlert, since: Date): boolean =>
  endsAt === 'unknown' || (endsAt !== null && endsAt >= since) || (startsAt !== null && startsAt >= since)
