import { draftOf } from '../../../db/queries/drafts.ts'
import { factsOf } from '../../../db/queries/incident-facts.ts'
import { componentsHeldBy, type Incident, updatesOf } from '../../../db/queries/incidents.ts'
import { staffNotesOf } from '../../../db/queries/staff-notes.ts'
import { incidentUrl } from '../../domain/addresses.ts'
import { isOverdue } from '../../domain/cadence.ts'
import { phaseOf } from '../../domain/lifecycle.ts'
import { figuresOf } from '../../domain/metrics.ts'
import type { PreviewScreen } from '../../domain/preview-screen.ts'
import type { IncidentScreen } from '../../domain/room.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'
import { noteView } from '../staff-now.ts'
import { newestUpdateBoard } from './board-of.ts'
import { briefingRoom } from './briefing-room.ts'
import { composerOf, draftNameOf } from './composer.ts'
import { crewForms, crewNames } from './crew.ts'
import { emptyForm } from './forms.ts'
import { guardedMessages } from './guarded.ts'
import { heldInRoom } from './held.ts'
import { mergingOf } from './merging-choices.ts'
import { pausingOf } from './pausing.ts'
import { postedUpdates } from './posted-update.ts'
import { shellOf } from './shell.ts'
import { silenceOf } from './silence.ts'
import { timelinePart } from './timeline.ts'
import { warRoomPart } from './war-room.ts'

/** What was typed into one of the room's forms and may not be done as it stands. */
export interface RefusedInRoom {
  composing?: Form
  correcting?: { updateId: string; form: Form }
  retracting?: Form
  merging?: Form
  goingPublic?: Form
  snoozing?: Form
  notingForStaff?: Form
  handingOver?: Form
  assigning?: Form
  linking?: Form
  briefing?: Form
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
  const timeline = await timelinePart(db, incident)
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
    briefing: await briefingRoom(call, incident, refused.briefing ?? null),
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
    notingForStaff: speak ? (refused.notingForStaff ?? emptyForm()) : null,
    crew: speak
      ? await crewForms(db, incident, refused)
      : { version: incident.version, handingOver: null, assigning: null },
    warRoom: warRoomPart(incident, speak, refused.linking),
    timeline: timeline.lines,
    olderTimelineUrl: timeline.olderUrl,
    noting: speak ? emptyForm() : null,
  }
}

async function headOf({ acting }: Call, incident: Incident, now: Date): Promise<IncidentScreen['incident']> {
  const { id, title, severity, status, visibility, nextUpdateDueAt, firstPublicUpdateAt } = incident
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
    ...(await crewNames(acting.db, incident, acting.actor.personId, now)),
  }
}

async function reopeningOf({ acting }: Call, { id, severity }: Incident): Promise<Form> {
  const draft = await draftOf(acting.db, acting.actor.personId, draftNameOf(id))
  return emptyForm({ severity, body: draft?.fields.body ?? '' })
}
