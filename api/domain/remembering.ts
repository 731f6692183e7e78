/**
 * A function of one text that keeps what it made, for what is rendered again at every post though little of it changed.
 * The same text always gives the same, so nobody can tell; the oldest goes when there are more than `limit`.
 */
export function remembering(limit: number, make: (text: string) => string): (text: string) => string {
  const made = new Map<string, string>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    const fresh = make(text)
    if (made.size >= limit) made.delete(made.keys().next().value!)
    made.set(text, fresh)
    return fresh
  }
}
