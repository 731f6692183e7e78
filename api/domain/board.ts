import type { Channel, DeliveryState } from './attempt.ts'
import type { GuardState } from './blast-guard.ts'
import { type ChannelCount, channelCounts, type DeliveryCounts } from './delivery-counts.ts'
import type { Failure, FailureReason } from './failure-reason.ts'
import { failureReason } from './failure-reason.ts'
import type { MaintenanceStep } from './maintenance.ts'
import type { Resending } from './resend.ts'
import type { Shell } from './screen-parts.ts'
import { MOST_SEGMENTS } from './sms.ts'

/** The delivery board: what became of one update, or of one step of planned work. Conventions as in `screens.ts`. */
export interface DeliveryBoard {
  /** Its own page: where the script looks again, and where sending again is posted. */
  url: string
  told: { update: number } | { step: MaintenanceStep }
  at: string
  channels: ChannelCount[]
  /** Every state that a row is in, by channel. */
  counts: DeliveryCounts
  /** Not everybody has their row yet. */
  writing: boolean
  /** What the blast guard says of it. */
  guard: GuardState
  /** By then the last SMS has been handed over, at the rate that is set; null without a rate or where none waits. */
  smsBy: string | null
  /** What "retry failed" would do. */
  resending: Resending
  /** Empty for what is on no page. */
  targets: PageTarget[]
  /** The viewer may send again. */
  mayRetry: boolean
}

/** Where a target of the page stands with these very words. */
export interface PageTarget {
  name: string
  state: 'in_place' | 'on_its_way' | 'failed'
  /** When it was last written. */
  at: string
}

/** How many did not get it for one reason. */
export interface FailureCount {
  channel: Channel
  reason: FailureReason
  /** The carrier's codes behind it, as on the rows. */
  codes: string[]
  count: number
}

export interface FailedRow {
  id: string
  channel: Channel
  /** Masked. */
  address: string
  state: DeliveryState
  reason: FailureReason
  code: string | null
  attempts: number
}

export interface BoardScreen {
  shell: Shell
  /** Whose board it is, and the way back. */
  room: { title: string; url: string }
  /** Null where nobody was to be told. */
  board: DeliveryBoard | null
  /** The most frequent first. */
  reasons: FailureCount[]
  /** Null where the viewer may not see whom. */
  failures: FailedRow[] | null
  /** A path to more of them. */
  moreUrl: string | null
}

/** How many of how many have been handed to a carrier. */
export function progressOf(board: Pick<DeliveryBoard, 'channels'>) {
  const sum = (of: 'people' | 'accepted' | 'waiting' | 'failed') =>
    board.channels.reduce((total, row) => total + row[of], 0)
  return { people: sum('people'), accepted: sum('accepted'), waiting: sum('waiting'), failed: sum('failed') }
}

/** Milliseconds until so many SMS have been handed over at a rate: at the most, since none is longer than two segments. */
export const smsForecast = (waiting: number, segmentsPerSecond: number): number =>
  Math.ceil((waiting * MOST_SEGMENTS * 1000) / segmentsPerSecond)

/** How many SMS wait. */
export const smsWaiting = (counts: DeliveryCounts): number =>
  channelCounts(counts).find(({ channel }) => channel === 'sms')?.waiting ?? 0

/** Failures by reason, the most frequent first. */
export function failureCounts(failures: readonly (Failure & { count: number })[]): FailureCount[] {
  const byReason = Map.groupBy(failures, (failure) => `${failure.channel} ${failureReason(failure)}`)
  return [...byReason.values()]
    .map((group) => ({
      channel: group[0]!.channel,
      reason: failureReason(group[0]!),
      codes: [...new Set(group.flatMap((each) => codeOf(each) ?? []))],
      count: group.reduce((sum, each) => sum + each.count, 0),
    }))
    .toSorted((one, other) => other.count - one.count)
}

/** The code as it is shown: the enhanced one says more. */
export const codeOf = ({ code, enhancedCode }: Pick<Failure, 'code' | 'enhancedCode'>): string | null =>
  [code, enhancedCode].filter(Boolean).join(' ') || null
