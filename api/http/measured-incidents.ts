import type { Reader } from '../../db/queries/cadence.ts'
import { factsOfAll } from '../../db/queries/incident-facts.ts'
import { type MeasuredIncident, measured } from '../domain/metrics.ts'

interface Remembered {
  version: string
  incident: MeasuredIncident
}

/** By the id of the incident, those asked for last at the end. Measuring ten thousand anew takes half a second. */
const rememberedOf = new WeakMap<Reader, Map<string, Remembered>>()
/** Incidents that are read at once: between two such readings others get their turn. */
const BATCH = 1_000

/**
 * What is measured of incidents at these versions, in their order. What has been measured of one that is over stays so until
 * its row changes, and is not read again; open ones are measured as of `now`. Keeps `most` in memory at most.
 */
export async function measuredAs(
  db: Reader,
  versions: readonly [id: string, version: string][],
  now: Date,
  most: number,
): Promise<MeasuredIncident[]> {
  const known = rememberedOf.get(db) ?? new Map<string, Remembered>()
  rememberedOf.set(db, known)
  const found = new Map<string, MeasuredIncident>()
  const missing: [id: string, version: string][] = []
  for (const [id, version] of versions) {
    const before = known.get(id)
    if (before?.version === version) found.set(id, before.incident)
    else missing.push([id, version])
  }
  for (let from = 0; from < missing.length; from += BATCH) {
    const batch = new Map(missing.slice(from, from + BATCH))
    for (const facts of await factsOfAll(db, [...batch.keys()])) {
      const incident = measured(facts, now)
      found.set(incident.id, incident)
      if (!incident.open) remember(known, { version: batch.get(incident.id)!, incident }, most)
    }
  }
  return versions.flatMap(([id]) => found.get(id) ?? [])
}

function remember(known: Map<string, Remembered>, one: Remembered, most: number): void {
  known.delete(one.incident.id)
  known.set(one.incident.id, one)
  if (known.size > most) known.delete(known.keys().next().value!)
}
