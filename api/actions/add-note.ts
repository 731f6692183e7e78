import { z } from 'zod'
import { addToTimeline, type TimelineEntry } from '../../db/queries/timeline.ts'
import { bodyText } from '../domain/names.ts'
import type { Acting } from './acting.ts'
import { lockFresh } from './post-update.ts'

export const addNoteInput = z.strictObject({ text: bodyText(5000) })

/** Adds a note to the internal timeline of an incident; answers its line. */
export const addNote = (
  acting: Acting,
  incidentId: string,
  input: z.infer<typeof addNoteInput>,
): Promise<TimelineEntry> =>
  acting.db.transaction(async (tx) => {
    await lockFresh(tx, incidentId, null)
    const at = await acting.clock(tx)
    return addToTimeline(tx, { incidentId, at, kind: 'note', text: input.text, personId: acting.actor.personId })
  })
