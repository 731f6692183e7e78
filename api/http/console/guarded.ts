import { type AboutWhat, waitingAbout } from '../../../db/queries/guarded.ts'
import { volumeAt } from '../../../db/queries/volume.ts'
import type { AnnouncedSubject } from '../../actions/confirm-announcement.ts'
import { type GuardedKind, type GuardedMessage, isManyLately, mayDecide } from '../../domain/blast-guard.ts'
import type { Call } from '../route.ts'

/** Where an announcement is decided upon. */
export const roomOf = ({ announcement, maintenanceId }: Pick<AboutWhat, 'announcement' | 'maintenanceId'>): string =>
  announcement.incidentId ? `/console/incidents/${announcement.incidentId}` : `/console/maintenance/${maintenanceId}`

/** What waits for a second confirmation about an incident or planned work, as the viewer is asked. */
export async function guardedMessages({ acting }: Call, subject: AnnouncedSubject): Promise<GuardedMessage[]> {
  const waiting = await waitingAbout(acting.db, subject)
  return Promise.all(waiting.map((about) => messageOf(acting, about)))
}

async function messageOf({ db, actor }: Call['acting'], about: AboutWhat): Promise<GuardedMessage> {
  const { announcement } = about
  const volume = await volumeAt(db, announcement, announcement.guardedAt!)
  return {
    url: `${roomOf(about)}/announcements/${announcement.id}`,
    kind: announcement.kind as GuardedKind,
    seq: about.seq,
    reach: announcement.guardedReach!,
    reason: isManyLately(volume) ? 'many_lately' : 'many_this_hour',
    nth: volume.lately + 1,
    since: announcement.guardedAt!.toISOString(),
    until: announcement.expiresAt.toISOString(),
    mayDecide: mayDecide(actor, about.leadingId),
  }
}
