import { z } from 'zod'
import type { Update } from '../../db/queries/incidents.ts'
import { wake } from '../../db/queries/wake.ts'
import { NOTHING_ELSE } from '../domain/hold.ts'
import { bodyText } from '../domain/names.ts'
import { refuseConflict } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { refuseWhileHeld } from './hold-update.ts'
import { lockFresh } from './post-update.ts'
import { speak } from './speak.ts'

export const reopenIncidentInput = z.strictObject({
  body: bodyText(5000),
  severity: z.enum(SEVERITIES).optional(),
})
/** `notify: false` is for histories that are played, which are told to nobody. */
export type ReopenIncident = z.infer<typeof reopenIncidentInput> & { notify?: boolean }

/** Opens a resolved incident again under its id, with words of its own; it counts as an update and promises the next. */
export const reopenIncident = (
  acting: Acting,
  incidentId: string,
  input: ReopenIncident,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    if (incident.status !== 'resolved')
      throw refuseConflict('illegal_transition', 'This incident is open; post an update instead.')
    await refuseWhileHeld(tx, incident.id)
    const severity = input.severity === incident.severity ? null : (input.severity ?? null)
    const post = {
      body: input.body,
      headline: null,
      noChange: false,
      notify: input.notify ?? true,
      asked: { ...NOTHING_ELSE, status: 'investigating' as const, severity },
    }
    const update = await speak(tx, acting, incident, post, { now: await acting.clock(tx) })
    await wake(tx, 'cadence')
    return update
  })
