import type { Channel, DeliveryState } from './domain/attempt.ts'

/** Which delivery something happened to. */
export interface Carried {
  announcementId: string
  channel: Channel
}

/** Told of what has just happened, for whoever measures it. Never throws and is never waited for. */
export interface Recorder {
  /** A delivery has come into this state by what this process did. */
  settled(delivery: Carried, state: DeliveryState): void
  /** Files show changes that were committed at these times, by the database's clock. */
  published(changes: readonly { at: Date }[]): void
}

/** Measures nothing. */
export const noRecorder: Recorder = { settled: () => {}, published: () => {} }
