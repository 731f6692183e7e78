/**
 * A function of one text that keeps what it made, for what is made again at every post though little of it changed.
 * The same text always gives the same, so nobody can tell; the oldest goes when there are more than `limit`.
 */
export function remembering<Made>(limit: number, make: (text: string) => Made): (text: string) => Made {
  const made = new Map<string, Made>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    const fresh = make(text)
    if (made.size >= limit) made.delete(made.keys().next().value!)
    made.set(text, fresh)
    return fresh
  }
}
