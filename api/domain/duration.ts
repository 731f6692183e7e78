/** Milliseconds of an ISO 8601 duration of days or less (`PT15M`, `-PT30S`, `P1D`); null when it is not one. */
export function millisecondsOf(duration: string): number | null {
  if (!/^-?P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/.test(duration)) return null
  return Temporal.Duration.from(duration).total('milliseconds')
}

/** The ISO 8601 duration of a number of milliseconds, in hours, minutes and seconds (`PT2H`, `PT1M30S`, `PT0S`). */
export const durationOf = (milliseconds: number): string =>
  Temporal.Duration.from({ milliseconds: Math.round(milliseconds) })
    .round({ largestUnit: 'hours' })
    .toString()

/** `date` moved by `milliseconds`. */
export const plus = (date: Date, milliseconds: number): Date => new Date(date.getTime() + milliseconds)

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
