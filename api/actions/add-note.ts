import { z } from 'zod'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { bodyText } from '../domain/names.ts'
import type { Acting } from './acting.ts'
import { lockFresh } from './post-update.ts'

export const addNoteInput = z.strictObject({ text: bodyText(5000) })

/** Adds a note to the internal timeline of an incident. */
export const addNote = (acting: Acting, incidentId: string, input: z.infer<typeof addNoteInput>): Promise<void> =>
  acting.db.transaction(async (tx) => {
    await lockFresh(tx, incidentId, null)
    const at = await acting.clock(tx)
    await addToTimeline(tx, { incidentId, at, kind: 'note', text: input.text, personId: acting.actor.personId })
  })
