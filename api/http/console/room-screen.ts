import { draftOf } from '../../../db/queries/drafts.ts'
import { factsOf } from '../../../db/queries/incident-facts.ts'
import { componentsHeldBy, type Incident, timelineOf, updatesOf } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { staffNotesOf } from '../../../db/queries/staff-notes.ts'
import { incidentUrl } from '../../domain/addresses.ts'
import { isOverdue } from '../../domain/cadence.ts'
import { phaseOf } from '../../domain/lifecycle.ts'
import { figuresOf } from '../../domain/metrics.ts'
import type { PreviewScreen } from '../../domain/preview-screen.ts'
import { INCIDENT_ROLES, type IncidentRole } from '../../domain/role.ts'
import type { IncidentScreen } from '../../domain/room.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'
import { noteView } from '../staff-now.ts'
import { newestUpdateBoard } from './board-of.ts'
import { composerOf, draftNameOf } from './composer.ts'
import { emptyForm } from './forms.ts'
import { guardedMessages } from './guarded.ts'
import { heldInRoom } from './held.ts'
import { mergingOf } from './merging-choices.ts'
import { pausingOf } from './pausing.ts'
import { postedUpdates } from './posted-update.ts'
import { shellOf } from './shell.ts'
import { silenceOf } from './silence.ts'

/** What was typed in the room and may not be posted as it stands: an update or a reopening, a correction, or what else is done there. */
export interface RefusedInRoom {
  composing?: Form
  correcting?: { updateId: string; form: Form }
  retracting?: Form
  merging?: Form
  goingPublic?: Form
  snoozing?: Form
  noting?: Form
}

/** The composer as its author sent it, with what their readers would get of it. */
export interface PreviewedInRoom {
  composing: Form
  preview: PreviewScreen
}

/** The incident room as its viewer sees it. */
export async function roomScreen(
  call: Call,
  incident: Incident,
  sent: RefusedInRoom | PreviewedInRoom = {},
): Promise<IncidentScreen> {
  const refused: RefusedInRoom = sent
  const { db } = call.acting
  const shell = await shellOf(call)
  const now = new Date(shell.now)
  const written = await updatesOf(db, incident.id)
  const updates = written.filter((update) => update.state === 'published')
  const inHand = written.find((update) => update.state === 'held') ?? null
  const held = (await componentsHeldBy(db, [incident.id])).get(incident.id) ?? []
  const posted = await postedUpdates(db, updates)
  const open = incident.status !== 'resolved'
  const { speak } = shell.may
  return {
    shell,
    incident: await headOf(call, incident, now),
    ...(await silenceOf(db, incident, now)),
    pausing: await pausingOf(call, incident, now, refused.snoozing ?? null),
    composer:
      open && speak && !inHand
        ? await composerOf(call, { incident, held, updates, posted }, refused.composing ?? null)
        : null,
    preview: 'preview' in sent ? sent.preview : null,
    reopening: !open && speak ? (refused.composing ?? (await reopeningOf(call, incident))) : null,
    held: inHand && (await heldInRoom(call, { incident, updates, held }, inHand, refused.composing !== undefined)),
    updates: posted,
    correcting: speak ? { version: incident.version, refused: refused.correcting ?? null } : null,
    retracting:
      speak && !incident.retracted ? { version: incident.version, refused: refused.retracting ?? null } : null,
    merging: open && speak ? await mergingOf(call, incident, refused.merging ?? null) : null,
    goingPublic:
      open && speak && incident.visibility === 'internal'
        ? { version: incident.version, refused: refused.goingPublic ?? null }
        : null,
    delivery: await newestUpdateBoard(call, updates),
    figures: incident.retracted ? null : figuresOf(await factsOf(db, [incident]), now),
    guarded: await guardedMessages(call, { incidentId: incident.id }),
    staffNotes: (await staffNotesOf(db, [incident.id])).map(noteView),
    notingForStaff: speak ? (refused.noting ?? emptyForm()) : null,
    timeline: await timelineIn(call, incident.id),
  }
}

async function headOf({ acting }: Call, incident: Incident, now: Date): Promise<IncidentScreen['incident']> {
  const holders = holdersOf(incident)
  const names = await namesOfPeople(acting.db, [incident.commanderId, ...Object.values(holders)])
  const { id, title, severity, status, visibility, commanderId, nextUpdateDueAt, firstPublicUpdateAt } = incident
  return {
    id,
    title,
    severity,
    status,
    phase: phaseOf(incident),
    visibility,
    startedAt: incident.startedAt.toISOString(),
    resolvedAt: incident.resolvedAt?.toISOString() ?? null,
    dueAt: nextUpdateDueAt?.toISOString() ?? null,
    late: isOverdue(nextUpdateDueAt, now),
    retracted: incident.retracted,
    publicUrl: visibility === 'public' && firstPublicUpdateAt ? incidentUrl(acting.urls.site, id) : null,
    commander: commanderId
      ? { name: names.get(commanderId) ?? 'somebody', isViewer: commanderId === acting.actor.personId }
      : null,
    roles: INCIDENT_ROLES.map((role) => ({ role, name: names.get(holders[role] ?? '') ?? null })),
  }
}

const holdersOf = (incident: Incident): Record<IncidentRole, string | null> => ({
  deputy: incident.deputyId,
  comms_lead: incident.commsLeadId,
  scribe: incident.scribeId,
  subject_expert: incident.subjectExpertId,
  executive_sponsor: incident.executiveSponsorId,
})

async function reopeningOf({ acting }: Call, { id, severity }: Incident): Promise<Form> {
  const draft = await draftOf(acting.db, acting.actor.personId, draftNameOf(id))
  return emptyForm({ severity, body: draft?.fields.body ?? '' })
}

async function timelineIn({ acting: { db } }: Call, incidentId: string): Promise<IncidentScreen['timeline']> {
  const entries = await timelineOf(db, incidentId)
  const names = await namesOfPeople(
    db,
    entries.map((entry) => entry.personId),
  )
  return entries.map(({ at, text, personId }) => ({
    at: at.toISOString(),
    text,
    by: personId && (names.get(personId) ?? 'somebody'),
  }))
}
