import type { History } from './history.ts'

/** One update of one history, at its time. */
export interface Moment {
  at: Date
  history: History
  /** Which of the history's updates it is, counted from 0. */
  index: number
}

/**
 * What happened in all histories, in the order in which it happened: two incidents that overlap are told as they
 * overlapped, so that each component is shown as what the worse of the two says. Of the same time, as the file has them.
 */
export const momentsOf = (histories: readonly History[]): Moment[] =>
  histories
    .flatMap((history) => history.updates.map(({ at }, index): Moment => ({ at, history, index })))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime())
