/** One line of the table. */
export interface Row {
  what: string
  figure: string
  limit: string
}

/** The value below which that share of all values lies. */
export const share = (values: readonly number[], part: number): number =>
  values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))]!

/** Median and p95 of milliseconds. */
export const spread = (values: readonly number[]): string =>
  `median ${share(values, 0.5).toFixed(0)} ms, p95 ${share(values, 0.95).toFixed(0)} ms`
