import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { type Incident, incidentById } from '../../db/queries/incidents.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import { incidents } from '../../db/schema.ts'
import { promiseOfSeverity } from '../domain/cadence.ts'
import { utcMonth } from '../domain/days.ts'
import { VISIBILITIES } from '../domain/lifecycle.ts'
import { oneLine } from '../domain/names.ts'
import { refuseConflict, refuseField } from '../domain/refusal.ts'
import { isRaise, SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { wordsOfChange } from './change-words.ts'
import { instant, personInRole, rolesSchema, warRoomSchema } from './fields.ts'
import { refuseWhileHeld } from './hold-update.ts'
import { requireActivePeople } from './people-in-roles.ts'
import { lockFresh } from './post-update.ts'
import { promiseColumns } from './promise.ts'
import { severityChange } from './publish-post.ts'

/** What a change without words may touch (contract section 4, `PATCH /incidents/{id}`); absent = unchanged. */
export const changeIncidentInput = z.strictObject({
  title: oneLine(120).optional(),
  severity: z.enum(SEVERITIES).optional(),
  severity_reason: oneLine(500).optional(),
  visibility: z.enum(VISIBILITIES).optional(),
  started_at: instant.optional(),
  detected_at: instant.nullable().optional(),
  commander_id: personInRole.optional(),
  roles: rolesSchema.optional(),
  war_room: warRoomSchema.optional(),
})
export type ChangeIncident = z.infer<typeof changeIncidentInput>

type Columns = Partial<typeof incidents.$inferInsert>

/** Changes facts about an incident. A raised severity tightens the promise at once; a lowered one lets it stand (C8). */
export const changeIncident = (
  acting: Acting,
  incidentId: string,
  input: ChangeIncident,
  expectedVersion: number | null = null,
): Promise<Incident> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    refuseImpossible(incident, input)
    // What is held was written for inside.
    if (input.visibility && input.visibility !== incident.visibility) await refuseWhileHeld(tx, incident.id)
    await requireActivePeople(tx, { commander_id: input.commander_id, ...input.roles })
    const now = await acting.clock(tx)
    const columns = { ...plainColumns(incident, input, now), ...(await severityColumns(tx, incident, input, now)) }
    await tx
      .update(incidents)
      .set({ ...columns, version: sql`${incidents.version} + 1`, updatedAt: now })
      .where(eq(incidents.id, incident.id))
    await recordInside(tx, acting, incident, input, columns, now)
    if (isPublic(incident, input))
      await recordChange(tx, { topic: 'incident', incidentId: incident.id, leftMonth: leftMonth(incident, input) }, now)
    return (await incidentById(tx, incident.id))!
  })

function refuseImpossible(incident: Incident, input: ChangeIncident): void {
  if (input.visibility === 'internal' && incident.visibility === 'public')
    throw refuseConflict('illegal_transition', 'What was public cannot become internal again.', 'visibility')
  if (input.severity && input.severity !== incident.severity && !input.severity_reason)
    throw refuseField('severity_reason', 'required', 'Say why the severity changes; it goes on the timeline.')
  if (input.severity && input.severity !== incident.severity && incident.status === 'resolved')
    throw refuseConflict('illegal_transition', 'A resolved incident keeps its severity; reopen it first.', 'severity')
}

/** The month whose history listed it until now, where its start was corrected into another. */
function leftMonth({ startedAt }: Incident, input: ChangeIncident): string | null {
  const month = utcMonth(startedAt)
  return input.started_at && utcMonth(input.started_at) !== month ? month : null
}

const isPublic = (incident: Incident, input: ChangeIncident): boolean =>
  (input.visibility ?? incident.visibility) === 'public' && incident.publicSince !== null

const plainColumns = (incident: Incident, input: ChangeIncident, now: Date): Columns =>
  present({
    title: input.title,
    visibility: input.visibility,
    startedAt: input.started_at,
    detectedAt: input.detected_at,
    warRoom: input.war_room,
    commanderId: input.commander_id,
    commandedSince: commandedSince(incident, input, now),
    acknowledgedAt: input.commander_id && !incident.acknowledgedAt ? now : undefined,
    deputyId: input.roles?.deputy,
    commsLeadId: input.roles?.comms_lead,
    scribeId: input.roles?.scribe,
    subjectExpertId: input.roles?.subject_expert,
    executiveSponsorId: input.roles?.executive_sponsor,
  })

/** Who is named again goes on commanding; who is new begins now. */
function commandedSince(incident: Incident, { commander_id: id }: ChangeIncident, now: Date): Date | null | undefined {
  if (id === undefined || id === incident.commanderId) return undefined
  return id === null ? null : now
}

async function severityColumns(
  tx: Transaction,
  incident: Incident,
  { severity }: ChangeIncident,
  now: Date,
): Promise<Columns> {
  if (!severity || severity === incident.severity) return {}
  await wake(tx, 'cadence')
  // The old promise stands, under the ladder of the new severity: it is looked at now.
  if (!isRaise(incident.severity, severity)) return { severity, nextRungAt: now }
  const policy = await currentPolicy(tx)
  const dueAt = promiseOfSeverity(policy, {
    from: incident.severity,
    to: severity,
    status: incident.status,
    spoken: incident.updateSeq > 0,
    dueAt: incident.nextUpdateDueAt,
    now,
  })
  const { status, lastSpokeAt } = incident
  return {
    severity,
    deadlineSeq: incident.deadlineSeq + 1,
    ...promiseColumns(policy, { severity, status, lastSpokeAt, dueAt }),
  }
}

async function recordInside(
  tx: Transaction,
  { actor }: Acting,
  incident: Incident,
  input: ChangeIncident,
  columns: Columns,
  now: Date,
): Promise<void> {
  const names = Object.keys(columns) as (keyof Columns & keyof Incident)[]
  const text = columns.severity
    ? severityChange(incident.severity, columns.severity, input.severity_reason!)
    : await wordsOfChange(tx, incident, columns)
  await addToTimeline(tx, { incidentId: incident.id, at: now, kind: 'auto', text, personId: actor.personId })
  await audit(tx, actor, {
    action: 'incident.changed',
    subject: { kind: 'incident', id: incident.id },
    before: Object.fromEntries(names.map((name) => [name, incident[name]])),
    after: { ...columns },
  })
}

/** Leaves out what is undefined, so that absent means unchanged. */
const present = (columns: Columns): Columns =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
