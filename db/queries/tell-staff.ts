import { eq } from 'drizzle-orm'
import type { Channel } from '../../api/domain/attempt.ts'
import { expiryOfStaffNote } from '../../api/domain/freshness.ts'
import { severityRank } from '../../api/domain/severity.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, incidents, people, staffNotes } from '../schema.ts'
import { componentsOf, hearsAsStaff, wholeOf } from './audience.ts'
import { tellNextOf } from './fan-out.ts'
import type { Incident } from './incidents.ts'
import type { Announcement } from './told.ts'
import { wake } from './wake.ts'

/** Announces what was noted for staff to those of them who subscribed; each gets their row soon after (standards R2). */
export async function queueStaffNote(
  tx: Transaction,
  note: typeof staffNotes.$inferSelect,
  { severity }: Pick<Incident, 'severity'>,
): Promise<void> {
  await tx.insert(announcements).values({
    id: newId(),
    kind: 'staff_note',
    audience: 'internal',
    incidentId: note.incidentId,
    staffNoteId: note.id,
    severity,
    priority: severityRank(severity),
    expiresAt: expiryOfStaffNote(note.at),
    createdAt: note.at,
  })
  await wake(tx, 'fan_out')
}

/** A note with what is told beside it. */
export interface ToldNote {
  note: typeof staffNotes.$inferSelect
  incident: Incident
  /** Null when a program wrote it. */
  author: string | null
}

export async function toldNote(db: Queryable, staffNoteId: string): Promise<ToldNote> {
  const [row] = await db
    .select({ note: staffNotes, incident: incidents, author: people.name })
    .from(staffNotes)
    .innerJoin(incidents, eq(incidents.id, staffNotes.incidentId))
    .leftJoin(people, eq(people.id, staffNotes.authorId))
    .where(eq(staffNotes.id, staffNoteId))
  return row!
}

/** Writes the rows of a note for the next chunk of staff who want to hear of its incident; answers as `tellNextOf`. */
export async function tellNextOfStaff(
  tx: Transaction,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<string | null> {
  const whole = wholeOf(await componentsOf(tx, announcement.incidentId!, []))
  return tellNextOf(tx, announcement, hearsAsStaff(whole, announcement.severity!), channels)
}
