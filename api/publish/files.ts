import type { ChangeTopic } from '../../db/schema.ts'

/**
 * A public document. `open_incidents` and `all_incidents` stand for the pages of many; an incident's document is its
 * page and its short link.
 */
export type DocumentKey =
  | 'home'
  | 'subscribe'
  | 'not_found'
  | 'robots'
  | 'status_json'
  | 'summary_json'
  | 'history_rss'
  | 'open_incidents'
  | 'all_incidents'
  | `incident:${string}`

/** What publishing everything means: a new build, a new organisation, or a target that nobody knows. */
export const EVERYTHING: readonly DocumentKey[] = [
  'all_incidents',
  'subscribe',
  'not_found',
  'robots',
  'status_json',
  'summary_json',
  'history_rss',
  'home',
]

/**
 * Which documents a change touches. Every change moves `/` and the machine files, which carry the revision of all. The
 * pages of open incidents say what still works, so whatever moves a component touches them; those of resolved ones stay.
 */
const TOUCHED_BY: Record<ChangeTopic, readonly DocumentKey[]> = {
  incident: ['open_incidents', 'status_json', 'summary_json', 'history_rss', 'home'],
  components: ['open_incidents', 'subscribe', 'status_json', 'summary_json', 'home'],
  organisation: EVERYTHING,
}

/** The documents that these changes touch, each once. */
export const filesTouched = (changes: readonly { topic: ChangeTopic; incidentId: string | null }[]): Set<DocumentKey> =>
  new Set(
    changes.flatMap(({ topic, incidentId }) => [
      ...(incidentId === null ? [] : [`incident:${incidentId}` as const]),
      ...TOUCHED_BY[topic],
    ]),
  )

/** Order of writing: what is pointed to before what points to it, `/` last. Smaller is earlier. */
export function writingOrder(path: string): number {
  if (path === 'index.html') return 3
  if (!path.includes('/') || path.startsWith('api/')) return 2
  return path.endsWith('.html') ? 1 : 0
}
