import { z } from 'zod'
import { addToTimeline, type TimelineEntry } from '../../db/queries/timeline.ts'
import { bodyText } from '../domain/names.ts'
import type { Acting } from './acting.ts'
import { lockFresh } from './post-update.ts'

/** A line that is pinned stays in sight above the timeline, for whoever joins late. */
export const addNoteInput = z.strictObject({ text: bodyText(5000), pin: z.boolean().optional() })

/** Adds a note to the internal timeline of an incident; answers its line. */
export const addNote = (
  acting: Acting,
  incidentId: string,
  input: z.infer<typeof addNoteInput>,
): Promise<TimelineEntry> =>
  acting.db.transaction(async (tx) => {
    await lockFresh(tx, incidentId, null)
    const at = await acting.clock(tx)
    const kind = input.pin ? 'pin' : 'note'
    return addToTimeline(tx, { incidentId, at, kind, text: input.text, personId: acting.actor.personId })
  })
