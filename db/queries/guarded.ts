import { and, asc, desc, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import { GUARDED_KINDS } from '../../api/domain/blast-guard.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, incidents, maintenances, maintenanceUpdates, updates } from '../schema.ts'
import type { Announced } from './announced.ts'
import { waysTo } from './announcements.ts'
import type { Reader } from './cadence.ts'
import type { Reached } from './recipients.ts'
import { wake } from './wake.ts'

/** An announcement with what it is about. */
export interface AboutWhat {
  announcement: Announced
  /** The incident's or the maintenance's. */
  title: string
  /** The number of the update, for updates and corrections. */
  seq: number | null
  maintenanceId: string | null
  /** Who commands the incident, or wrote the step of the maintenance; null: nobody, or a program. */
  leadingId: string | null
}

const aboutWhat = (reader: Reader) =>
  reader
    .select({
      announcement: announcements,
      title: sql<string>`coalesce(${incidents.title}, ${maintenances.title})`,
      seq: updates.seq,
      maintenanceId: maintenanceUpdates.maintenanceId,
      leadingId: sql<string | null>`coalesce(${incidents.commanderId}, ${maintenanceUpdates.authorId})`,
    })
    .from(announcements)
    .leftJoin(incidents, eq(incidents.id, announcements.incidentId))
    .leftJoin(updates, eq(updates.id, announcements.updateId))
    .leftJoin(maintenanceUpdates, eq(maintenanceUpdates.id, announcements.maintenanceUpdateId))
    .leftJoin(maintenances, eq(maintenances.id, maintenanceUpdates.maintenanceId))

/** What waits for a second confirmation and still is news, whatever it is about; the oldest first. */
export const waitingAnnouncements = (reader: Reader): Promise<AboutWhat[]> =>
  aboutWhat(reader)
    .where(
      and(
        isNotNull(announcements.guardedAt),
        isNull(announcements.releasedAt),
        isNull(announcements.fannedOutAt),
        sql`${announcements.expiresAt} > (select sitrep_now())`,
      ),
    )
    .orderBy(asc(announcements.guardedAt))
    .limit(50)

/** Those of them that are about one incident, or one maintenance. */
export const waitingAbout = async (
  reader: Reader,
  subject: { incidentId: string } | { maintenanceId: string },
): Promise<AboutWhat[]> =>
  (await waitingAnnouncements(reader)).filter(({ announcement, maintenanceId }) =>
    'incidentId' in subject ? announcement.incidentId === subject.incidentId : maintenanceId === subject.maintenanceId,
  )

/** One announcement with what it is about. */
export async function announcementAbout(reader: Reader, id: string): Promise<AboutWhat | null> {
  const [row] = await aboutWhat(reader).where(eq(announcements.id, id))
  return row ?? null
}

/** What was announced to subscribers about an incident, newest first. */
export const announcementsTold = (reader: Reader, incidentId: string): Promise<Announced[]> =>
  reader
    .select()
    .from(announcements)
    .where(and(eq(announcements.incidentId, incidentId), inArray(announcements.kind, [...GUARDED_KINDS])))
    .orderBy(desc(announcements.createdAt), desc(announcements.id))
    .limit(200)

/** Locks an announcement; null when there is none. */
export async function lockAnnouncement(tx: Transaction, id: string): Promise<Announced | null> {
  const [row] = await tx.select().from(announcements).where(eq(announcements.id, id)).for('update')
  return row ?? null
}

/** Writes what the guard or a person decided about an announcement. */
export async function decideAnnouncement(
  tx: Transaction,
  id: string,
  columns: Partial<Pick<Announced, 'guardedAt' | 'guardedReach' | 'releasedAt' | 'releasedBy' | 'fannedOutAt'>>,
): Promise<Announced> {
  const [row] = await tx.update(announcements).set(columns).where(eq(announcements.id, id)).returning()
  return row!
}

/** Tells these people at `at`, unless it has been decided by then, that an announcement waits for them. */
export async function queueGuardAlert(
  tx: Transaction,
  guarded: Announced,
  people: readonly Reached[],
  { now, at }: { now: Date; at: Date },
): Promise<void> {
  const { incidentId, severity, expiresAt } = guarded
  const told = { audience: 'internal', incidentId, priority: 0, expiresAt } as const
  const announcementId = newId()
  await tx.insert(announcements).values({
    ...told,
    id: announcementId,
    kind: 'guard',
    guardsId: guarded.id,
    severity,
    createdAt: now,
    fannedOutAt: now,
  })
  const rows = people.flatMap((person) =>
    waysTo(person).map((to) => ({ ...told, ...to, id: newId(), announcementId, personId: person.id })),
  )
  if (rows.length === 0) return
  await tx
    .insert(deliveries)
    .values(rows.map((row) => ({ ...row, lane: 'staff' as const, queuedAt: now, nextAttemptAt: at })))
  await wake(tx, 'deliver')
}
