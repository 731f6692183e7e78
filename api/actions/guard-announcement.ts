import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { announcementAbout, decideAnnouncement, queueGuardAlert } from '../../db/queries/guarded.ts'
import { incidentById } from '../../db/queries/incidents.ts'
import { peopleOfRung } from '../../db/queries/recipients.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import type { Announcement } from '../../db/queries/told.ts'
import {
  activeSubscribers,
  isFirstWord,
  queuedThisHour,
  reachOfAnnouncement,
  volumeAt,
} from '../../db/queries/volume.ts'
import { GUARD_ALERT_AFTER, type GuardReason, guardReason, mayBeAbnormal } from '../domain/blast-guard.ts'
import { plus } from '../domain/duration.ts'
import type { Acting } from './acting.ts'

/**
 * Holds back an announcement of abnormal volume until somebody confirms it a second time. Decided in the transaction that
 * announces it: no worker ever sees it before the guard does. The page is published all the same, and the promise is kept.
 */
export async function guardAnnouncement(tx: Transaction, acting: Acting, id: string, now: Date): Promise<void> {
  const { announcement } = (await announcementAbout(tx, id))!
  const reason = await abnormal(tx, announcement, now)
  if (reason) await holdBack(tx, acting, announcement, { ...reason, now })
}

async function abnormal(tx: Transaction, announcement: Announcement, now: Date) {
  const volume = await volumeAt(tx, announcement, now)
  if (!mayBeAbnormal(volume)) return null
  const reach = await reachOfAnnouncement(tx, announcement)
  const reason = guardReason({
    ...volume,
    reach,
    queuedThisHour: await queuedThisHour(tx, announcement, reach, now),
    activeSubscribers: await activeSubscribers(tx),
    firstOfSev1: announcement.severity === 'SEV1' && (await isFirstWord(tx, announcement)),
  })
  return reason && { reason, reach, ...volume }
}

async function holdBack(
  tx: Transaction,
  { actor }: Acting,
  announcement: Announcement,
  { now, ...found }: { now: Date; reason: GuardReason; reach: number; lately: number; thisHour: number },
): Promise<void> {
  const { id, incidentId } = announcement
  const guarded = await decideAnnouncement(tx, id, { guardedAt: now, guardedReach: found.reach })
  await audit(tx, actor, { action: 'announcement.guarded', subject: { kind: 'announcement', id }, after: found })
  if (incidentId)
    await addToTimeline(tx, {
      incidentId,
      at: now,
      kind: 'auto',
      text: `The message to ${found.reach} people waits for a second confirmation; the page has it.`,
    })
  const incident = incidentId ? await incidentById(tx, incidentId) : null
  const { fallback } = await currentPolicy(tx)
  const people = await peopleOfRung(tx, incident ?? NOBODY, incident ? ['commander'] : ['fallback'], fallback)
  await queueGuardAlert(tx, guarded, people, { now, at: plus(now, GUARD_ALERT_AFTER) })
}

/** Planned work has no commander. */
const NOBODY = {
  commanderId: null,
  deputyId: null,
  commsLeadId: null,
  scribeId: null,
  subjectExpertId: null,
  executiveSponsorId: null,
}
