/** Of several lengths of time, in milliseconds; never a mean alone, which one bad night can move (standards C32). */
export interface Spread {
  mean: number
  median: number
  p90: number
}

/** How lengths of time are spread; null where none is known. */
export function spreadOf(lengths: readonly number[]): Spread | null {
  if (lengths.length === 0) return null
  const sorted = Float64Array.from(lengths).sort()
  const mean = sorted.reduce((sum, each) => sum + each, 0) / sorted.length
  return { mean, median: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) }
}

/** A quantile between two neighbours lies between them, as PERCENTILE.INC of spreadsheets and percentile_cont have it. */
function quantile(sorted: Float64Array, portion: number): number {
  const place = portion * (sorted.length - 1)
  const below = sorted[Math.floor(place)]!
  const above = sorted[Math.ceil(place)]!
  return below + (above - below) * (place - Math.floor(place))
}
