import { z } from 'zod'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { incidentById } from '../../db/queries/incidents.ts'
import { queueStaffNote } from '../../db/queries/tell-staff.ts'
import { staffNotes } from '../../db/schema.ts'
import { bodyText } from '../domain/names.ts'
import { refuseMissing } from '../domain/refusal.ts'
import { STAFF_NOTE_KINDS } from '../domain/staff-note.ts'
import type { Acting } from './acting.ts'

export const noteForStaffInput = z.strictObject({ kind: z.enum(STAFF_NOTE_KINDS), text: bodyText(5000) })

/**
 * Tells support and sales something about an incident: on their page, and those of them who subscribed by message. It
 * never leaves the house, and no clock is reset by it. Of a drill nobody is sent anything (standards X16).
 */
export const noteForStaff = (
  acting: Acting,
  incidentId: string,
  input: z.infer<typeof noteForStaffInput>,
): Promise<typeof staffNotes.$inferSelect> =>
  acting.db.transaction(async (tx) => {
    const incident = await incidentById(tx, incidentId)
    if (!incident) throw refuseMissing('incident')
    const { actor } = acting
    const [note] = await tx
      .insert(staffNotes)
      .values({
        id: newId(),
        incidentId,
        ...input,
        authorId: actor.personId,
        authorKeyId: actor.kind === 'key' ? actor.id : null,
        at: await acting.clock(tx),
      })
      .returning()
    await audit(tx, actor, {
      action: 'staff_note.added',
      subject: { kind: 'staff_note', id: note!.id },
      after: { incident_id: incidentId, kind: input.kind },
    })
    if (incident.kind === 'incident') await queueStaffNote(tx, note!, incident)
    return note!
  })
