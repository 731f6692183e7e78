import type { Transaction } from '../../db/client.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import type { Incident, Update } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import type { HeldPost } from '../domain/hold.ts'
import type { Acting } from './acting.ts'
import { publishRetraction } from './publish-retraction.ts'
import { publishUpdate, type Said } from './publish-update.ts'

/** What somebody posts: the words, and what they are to change. */
export interface Post {
  body: string
  headline: string | null
  noChange: boolean
  notify: boolean
  asked: HeldPost
  /** Why there never was an incident, where it says so. */
  retractionReason?: string
}

/** Publishes a post of a locked incident, as things stand now, and says inside what it changed and why. */
export async function publishPost(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  post: Post,
  now: Date,
): Promise<Update> {
  const update = await publishSaid(tx, acting, incident, saidIn(incident, post), await currentPolicy(tx), now)
  await noteChanges(tx, incident, update, post.asked)
  return update
}

/** Publishes what is said; a retraction takes back what was shown of the incident as well. */
export const publishSaid: typeof publishUpdate = (tx, acting, incident, said, ...rest) =>
  (said.retractionReason === undefined ? publishUpdate : publishRetraction)(tx, acting, incident, said, ...rest)

/** What the post says of the incident as it stands. */
export const saidIn = (incident: Incident, { asked, ...words }: Post): Said => ({
  ...words,
  status: asked.status ?? incident.status,
  severity: asked.severity ?? incident.severity,
  components: asked.components,
  asked: asked.promise && ('at' in asked.promise ? { at: new Date(asked.promise.at) } : asked.promise),
  extensionReason: asked.extension_reason,
})

/** Notes on the timeline why the severity changed, and why more is promised than the cadence allows (standards C3). */
export async function noteChanges(
  tx: Transaction,
  { id: incidentId, severity: before }: Incident,
  { publishedAt, severity, authorId: personId }: Update,
  asked: HeldPost,
): Promise<void> {
  const notes = []
  if (severity !== before && asked.severity_reason) notes.push(severityChange(before, severity, asked.severity_reason))
  if (asked.extension_reason) notes.push(`Promised beyond the cadence: ${asked.extension_reason}`)
  for (const text of notes) await addToTimeline(tx, { incidentId, at: publishedAt!, kind: 'auto', text, personId })
}

/** The timeline's line for a change of severity. */
export const severityChange = (from: string, to: string, reason: string): string => `${from} → ${to}: ${reason}`
