import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { queueHoldingNotice } from '../../db/queries/announcements.ts'
import { audit } from '../../db/queries/audit.ts'
import { policiesOfVersions } from '../../db/queries/cadence.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { holdingNotices } from '../../db/schema.ts'
import { wantsHoldingNotice } from '../domain/holding-notice.ts'
import { type InEachLanguage, LANGUAGES } from '../domain/languages.ts'
import { ANYBODY, printedTime } from '../domain/times.ts'
import type { Templates } from '../templates.ts'
import type { Acting } from './acting.ts'

/**
 * Publishes the holding notices of incidents whose promise has just been broken, where the cadence asks for them: once for
 * each silence. The incidents are locked, so a post that came first has moved its promise and is not among them, and one
 * that comes now waits until the notice stands.
 */
export async function publishHoldingNotices(
  tx: Transaction,
  acting: Acting,
  late: readonly Incident[],
  now: Date,
): Promise<void> {
  const versions = late.map(({ cadenceVersion }) => cadenceVersion)
  const policyOf = await policiesOfVersions(tx, versions)
  for (const incident of late)
    if (wantsHoldingNotice(policyOf(incident.cadenceVersion), incident)) await publish(tx, acting, incident, now)
}

async function publish(tx: Transaction, { templates, actor }: Acting, incident: Incident, now: Date): Promise<void> {
  const { id: incidentId, updateSeq: afterSeq, severity } = incident
  const words = wordsOf(templates, incident, now)
  const [notice] = await tx
    .insert(holdingNotices)
    .values({ id: newId(), incidentId, afterSeq, words, publishedAt: now })
    .onConflictDoNothing({ target: [holdingNotices.incidentId, holdingNotices.afterSeq] })
    .returning()
  if (!notice) return
  await queueHoldingNotice(tx, notice, { severity, now })
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text: 'Holding notice published by itself.' })
  await audit(tx, actor, {
    action: 'holding_notice.published',
    subject: { kind: 'holding_notice', id: notice.id },
    after: { incident_id: incidentId, after_seq: afterSeq },
  })
}

/** The words as they stand from now on, in each language of the page. */
const wordsOf = (templates: Templates, { nextUpdateDueAt, lastSpokeAt }: Incident, now: Date): InEachLanguage =>
  Object.fromEntries(
    LANGUAGES.map((language) => {
      const printed = (at: Date) => printedTime(at, now, { ...ANYBODY, language })
      const data = { promised: printed(nextUpdateDueAt!), last: printed(lastSpokeAt) }
      return [language, templates.text('updates/public/holding_notice', data, language)]
    }),
  ) as InEachLanguage
