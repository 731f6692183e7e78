import { z } from 'zod'
import { currentPolicy } from '../../db/queries/cadence.ts'
import type { Update } from '../../db/queries/incidents.ts'
import { wake } from '../../db/queries/wake.ts'
import { bodyText } from '../domain/names.ts'
import { refuseConflict } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { lockFresh } from './post-update.ts'
import { publishUpdate } from './publish-update.ts'

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
    const said = {
      status: 'investigating' as const,
      severity: input.severity ?? incident.severity,
      body: input.body,
      headline: null,
      components: [],
      asked: null,
      noChange: false,
      notify: input.notify ?? true,
    }
    const policy = await currentPolicy(tx)
    const update = await publishUpdate(tx, acting, incident, said, policy, await acting.clock(tx))
    await wake(tx, 'cadence')
    return update
  })
