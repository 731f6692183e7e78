import type { ComponentStatus } from './component.ts'
import { DAY, millisecondsOf, plus } from './duration.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { Severity } from './severity.ts'

/** No update is held for longer, in milliseconds: what waits for days is a draft. */
const MOST_HOLD = DAY

/** Whether a text says for how long something may be held: an ISO 8601 duration from nothing to a day. */
export function isHold(text: string): boolean {
  const milliseconds = millisecondsOf(text)
  return milliseconds !== null && milliseconds >= 0 && milliseconds <= MOST_HOLD
}

/** A held update leaves this long before the promise, in milliseconds, so that it is out, not on its way, when it is due. */
export const BEFORE_THE_PROMISE = 2_000

/**
 * What the author of a held update asked for beside its words. None of it has happened yet: it is done as it stands when
 * the update is released.
 */
export interface HeldPost {
  /** Null: whatever the incident's is by then. */
  status: IncidentStatus | null
  severity: Severity | null
  severity_reason: string | null
  components: { id: string; status?: ComponentStatus | undefined }[]
  /** The promise: milliseconds from the release, or an instant (RFC 3339); null for the cadence's own. */
  promise: { in: number } | { at: string } | null
  extension_reason: string | null
}

/** Nothing but that the words be said. */
export const NOTHING_ELSE: HeldPost = {
  status: null,
  severity: null,
  severity_reason: null,
  components: [],
  promise: null,
  extension_reason: null,
}

/**
 * By when an update is released that is posted now and held for `hold` milliseconds: after that time, and by the promise
 * at the latest (contract section 4). Null where it goes out at once: nothing is held, or the promise is due already.
 */
export function releaseTime(postedAt: Date, hold: number, dueAt: Date | null): Date | null {
  const held = plus(postedAt, hold)
  const releaseAt = dueAt !== null && dueAt < held ? dueAt : held
  return leavesAt(releaseAt, dueAt) <= postedAt ? null : releaseAt
}

/** When the clock releases a held update, by the promise as it stands: in time to keep it. `LEAVES_AT` is its twin in SQL. */
export function leavesAt(releaseAt: Date, dueAt: Date | null): Date {
  const latest = dueAt && plus(dueAt, -BEFORE_THE_PROMISE)
  return latest && latest < releaseAt ? latest : releaseAt
}
