/**
 * What belongs to an incident or a maintenance, remembered under the revision of its newest change: it moves with no
 * other, so what has been read once under a revision need not be read again. So is all that was read for a revision.
 * Only for one pair of eyes, the public's.
 */
export interface Known {
  get<Details>(id: string, revision: number): Details | undefined
  keep(id: string, revision: number, details: unknown): void
}

/** More than any snapshot holds at once. */
const MOST = 2_000

/** An empty memory; the oldest make room. One for each database: ids and revisions of two have nothing in common. */
export function makeKnown(): Known {
  const held = new Map<string, { revision: number; details: unknown }>()
  return {
    get<Details>(id: string, revision: number) {
      const known = held.get(id)
      return known?.revision === revision ? (known.details as Details) : undefined
    },
    keep(id, revision, details) {
      held.delete(id)
      held.set(id, { revision, details })
      if (held.size > MOST) held.delete(held.keys().next().value!)
    },
  }
}
