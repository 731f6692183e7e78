import { inArray, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueHoldingNotice } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import { policiesOfVersions } from '../../db/queries/cadence.ts'
import { trackShownStatus } from '../../db/queries/component-spans.ts'
import { componentsHeldBy, type Incident } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { holdingNotices, incidents } from '../../db/schema.ts'
import { wantsHoldingNotice } from '../domain/holding-notice.ts'
import { type InEachLanguage, LANGUAGES } from '../domain/languages.ts'
import { ANYBODY, printedTime } from '../domain/times.ts'
import type { Templates } from '../templates.ts'
import type { Acting } from './acting.ts'
import { guardAnnouncement } from './guard-announcement.ts'

/**
 * Publishes the holding notices of incidents whose promise has just been broken, where the cadence asks for them: once for
 * each silence. The incidents are locked, so a post that came first has moved its promise and is not among them, and one
 * that comes now waits until the notice stands. Answers those that outsiders hear of by it.
 */
export async function publishHoldingNotices(
  tx: Transaction,
  acting: Acting,
  late: readonly Incident[],
  now: Date,
): Promise<Opened> {
  const versions = late.map(({ cadenceVersion }) => cadenceVersion)
  const policyOf = await policiesOfVersions(tx, versions)
  const wanting = late.filter((incident) => wantsHoldingNotice(policyOf(incident.cadenceVersion), incident))
  const opened = await open(tx, wanting, now)
  for (const incident of wanting) await publish(tx, acting, incident, now)
  return opened
}

/** Incidents that outsiders hear of from now on, and whether some component is shown as something else by that. */
interface Opened {
  ids: readonly string[]
  movedComponents: boolean
}

/**
 * Shows outsiders the incidents among these of which nothing has been said yet: title, severity and components as they were
 * declared for them. All at once, so that components are locked in the order of their ids.
 */
async function open(tx: Transaction, wanting: readonly Incident[], now: Date): Promise<Opened> {
  const ids = wanting.filter(({ publicSince }) => publicSince === null).map(({ id }) => id)
  if (ids.length === 0) return { ids, movedComponents: false }
  await tx
    .update(incidents)
    .set({
      publicSince: now,
      subjectTitle: sql`coalesce(${incidents.subjectTitle}, ${incidents.title})`,
      version: sql`${incidents.version} + 1`,
      updatedAt: now,
    })
    .where(inArray(incidents.id, ids))
  const held = [...(await componentsHeldBy(tx, ids)).values()].flat()
  return { ids, movedComponents: await trackShownStatus(tx, [...new Set(held.map(({ id }) => id))], now) }
}

async function publish(tx: Transaction, acting: Acting, incident: Incident, now: Date): Promise<void> {
  const { id: incidentId, updateSeq: afterSeq, severity } = incident
  const words = wordsOf(acting.templates, incident, now)
  const [notice] = await tx
    .insert(holdingNotices)
    .values({ id: newId(), incidentId, afterSeq, words, publishedAt: now })
    .onConflictDoNothing({ target: [holdingNotices.incidentId, holdingNotices.afterSeq] })
    .returning()
  if (!notice) return
  await guardAnnouncement(tx, acting, await queueHoldingNotice(tx, notice, { severity, now }), now)
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text: 'Holding notice published by itself.' })
  await audit(tx, acting.actor, {
    action: 'holding_notice.published',
    subject: { kind: 'holding_notice', id: notice.id },
    after: { incident_id: incidentId, after_seq: afterSeq },
  })
}

/** The words as they stand from now on, in each language of the page. */
const wordsOf = (
  templates: Templates,
  { nextUpdateDueAt, lastSpokeAt, firstPublicUpdateAt }: Incident,
  now: Date,
): InEachLanguage =>
  Object.fromEntries(
    LANGUAGES.map((language) => {
      const printed = (at: Date) => printedTime(at, now, { ...ANYBODY, language })
      const last = firstPublicUpdateAt && printed(lastSpokeAt)
      const data = { promised: printed(nextUpdateDueAt!), last }
      return [language, templates.text('updates/public/holding_notice', data, language)]
    }),
  ) as InEachLanguage
