import type { Channel, DeliveryState } from './attempt.ts'

/** How many rows of the ledger stand in which state, by channel. */
export type DeliveryCounts = Partial<Record<Channel, Partial<Record<DeliveryState, number>>>>

/** One channel as the console prints it; who had left, or was told something newer, is not counted as told. */
export interface ChannelCount {
  channel: Channel
  people: number
  accepted: number
  /** Queued, or to be tried again. */
  waiting: number
  failed: number
}

const ACCEPTED: DeliveryState[] = ['accepted', 'delivered']
const WAITING: DeliveryState[] = ['queued', 'claimed', 'sending', 'failed_for_now', 'unknown']
export const FAILED: DeliveryState[] = ['failed', 'bounced', 'expired']

/** The ledger's counts by channel. */
export const channelCounts = (counts: DeliveryCounts): ChannelCount[] =>
  (Object.keys(counts) as Channel[]).map((channel) => {
    const sum = (states: DeliveryState[]) => states.reduce((total, state) => total + (counts[channel]?.[state] ?? 0), 0)
    const [accepted, waiting, failed] = [sum(ACCEPTED), sum(WAITING), sum(FAILED)]
    return { channel, people: accepted + waiting + failed, accepted, waiting, failed }
  })

/** How many of these deliveries a carrier took, and how many failed for good. */
export const takenAndFailed = (states: readonly DeliveryState[]): { accepted: number; failed: number } => ({
  accepted: states.filter((state) => ACCEPTED.includes(state)).length,
  failed: states.filter((state) => FAILED.includes(state)).length,
})
