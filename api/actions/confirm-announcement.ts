import type { Transaction } from '../../db/client.ts'
import type { Announced } from '../../db/queries/announced.ts'
import { audit } from '../../db/queries/audit.ts'
import { queueAnew, updateOf } from '../../db/queries/corrections.ts'
import { announcementAbout, decideAnnouncement, lockAnnouncement } from '../../db/queries/guarded.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { takeTurns } from '../../db/queries/turns.ts'
import { wake } from '../../db/queries/wake.ts'
import { type GuardState, guardState, mayDecide } from '../domain/blast-guard.ts'
import { Refusal, refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

/** What an announcement is about: an incident, or planned work. */
export type AnnouncedSubject = { incidentId: string } | { maintenanceId: string }

/**
 * The second confirmation: what the guard held back goes out. The one who posted may give it (`api/domain/blast-guard.ts`
 * says why). Two who press at once have both succeeded.
 */
export const releaseAnnouncement = (acting: Acting, subject: AnnouncedSubject, id: string): Promise<Announced> =>
  decide(acting, subject, id, 'released', async (tx, announcement, now) => {
    const released = await decideAnnouncement(tx, announcement.id, {
      releasedAt: now,
      releasedBy: acting.actor.personId,
    })
    await wake(tx, 'fan_out')
    return released
  })

/** Drops what the guard held back: nobody is told, the page stays as it is. */
export const withdrawAnnouncement = (acting: Acting, subject: AnnouncedSubject, id: string): Promise<Announced> =>
  decide(acting, subject, id, 'withdrawn', async (tx, announcement, now) => {
    // Nobody is told of the correction, but whoever has not got the words yet gets them right.
    const { correctionId, incidentId, updateId } = announcement
    if (correctionId) await queueAnew(tx, (await updateOf(tx, incidentId!, updateId!))!, now)
    return decideAnnouncement(tx, announcement.id, { fannedOutAt: now })
  })

async function decide(
  acting: Acting,
  subject: AnnouncedSubject,
  id: string,
  decision: 'released' | 'withdrawn',
  act: (tx: Transaction, announcement: Announced, now: Date) => Promise<Announced>,
): Promise<Announced> {
  return acting.db.transaction(async (tx) => {
    await takeTurns(tx, 'incidentId' in subject ? subject.incidentId : subject.maintenanceId)
    await refuseOthers(tx, acting, subject, id)
    const announcement = (await lockAnnouncement(tx, id))!
    const now = await acting.clock(tx)
    const state = guardState(announcement, now)
    if (state === decision) return announcement
    if (state !== 'waiting') throw refuseConflict(`already_${state}`, TOO_LATE[state])
    const decided = await act(tx, announcement, now)
    await record(tx, acting, decided, decision, now)
    return decided
  })
}

const TOO_LATE: Record<Exclude<GuardState, 'waiting'>, string> = {
  passed: 'This message does not wait for anybody.',
  released: 'Somebody has sent it already.',
  withdrawn: 'Somebody has decided not to send it. Post anew to speak.',
  expired: 'It is no longer news. Post anew to speak.',
}

async function refuseOthers(tx: Transaction, { actor }: Acting, subject: AnnouncedSubject, id: string): Promise<void> {
  const about = await announcementAbout(tx, id)
  const isTheirs =
    'incidentId' in subject
      ? about?.announcement.incidentId === subject.incidentId
      : about?.maintenanceId === subject.maintenanceId
  if (!about || !isTheirs) throw refuseMissing('announcement')
  if (!mayDecide(actor, about.leadingId))
    throw new Refusal('forbidden', 'A commander has to confirm this, or whoever commands the incident.')
}

async function record(
  tx: Transaction,
  { actor }: Acting,
  { id, incidentId, guardedReach }: Announced,
  decision: 'released' | 'withdrawn',
  now: Date,
): Promise<void> {
  await audit(tx, actor, {
    action: `announcement.${decision}`,
    subject: { kind: 'announcement', id },
    after: { incident_id: incidentId, reach: guardedReach },
  })
  if (!incidentId) return
  const text = {
    released: `The message to ${guardedReach} people was confirmed and goes out.`,
    withdrawn: `The message to ${guardedReach} people was withdrawn: nobody was told.`,
  }[decision]
  await addToTimeline(tx, { incidentId, at: now, kind: 'auto', text, personId: actor.personId })
}
