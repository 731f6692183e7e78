import { policyOfVersion } from '../../../db/queries/cadence.ts'
import { draftOf } from '../../../db/queries/drafts.ts'
import { factsOf } from '../../../db/queries/incident-facts.ts'
import { componentsHeldBy, type Incident, updatesOf } from '../../../db/queries/incidents.ts'
import { staffNotesOf } from '../../../db/queries/staff-notes.ts'
import { incidentUrl } from '../../domain/addresses.ts'
import type { BriefingPreview } from '../../domain/briefing-preview.ts'
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
import { pinnedPart, timelinePart } from './timeline.ts'
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
  breakingGlass?: Form
  briefingPreview?: BriefingPreview
}

/** The composer as its author sent it, with what their readers would get of it. */
export interface PreviewedInRoom {
  composing: Form
  preview: PreviewScreen
  /** The briefing that goes along, as it was typed. */
  briefing?: Form | undefined
}

/** The incident room as its viewer sees it. What does not need each other is asked at once. */
export async function roomScreen(
  call: Call,
  incident: Incident,
  sent: RefusedInRoom | PreviewedInRoom = {},
): Promise<IncidentScreen> {
  const refused: RefusedInRoom = sent
  const { db } = call.acting
  const [shell, written, allHeld, policy] = await Promise.all([
    shellOf(call),
    updatesOf(db, incident.id),
    componentsHeldBy(db, [incident.id]),
    policyOfVersion(db, incident.cadenceVersion),
  ])
  const now = new Date(shell.now)
  const updates = written.filter((update) => update.state === 'published')
  const inHand = written.find((update) => update.state === 'held') ?? null
  const held = allHeld.get(incident.id) ?? []
  const open = incident.status !== 'resolved'
  const { speak } = shell.may
  const posting = postedUpdates(db, updates)
  const [[posted, head, silence, pausing, composer, reopening, inHold], [merging, delivery, figures], rest] =
    await Promise.all([
      Promise.all([
        posting,
        headOf(call, incident, now),
        silenceOf(db, incident, policy, now),
        pausingOf(call, incident, policy, now, refused.snoozing ?? null),
        open && speak && !inHand
          ? posting.then((said) =>
              composerOf(call, { incident, held, updates, posted: said }, refused.composing ?? null),
            )
          : null,
        !open && speak && !inHand ? (refused.composing ?? reopeningOf(call, incident)) : null,
        inHand &&
          heldInRoom(call, { incident, updates, held }, inHand, {
            inTheWay: refused.composing !== undefined,
            breaking: refused.breakingGlass ?? null,
          }),
      ]),
      Promise.all([
        open && speak ? mergingOf(call, incident, refused.merging ?? null) : null,
        newestUpdateBoard(call, updates, now),
        incident.retracted ? null : factsOf(db, incident.id).then((facts) => figuresOf([facts], now)),
      ]),
      Promise.all([
        briefingRoom(call, incident, held, refused, now, inHand !== null),
        guardedMessages(call, { incidentId: incident.id }),
        staffNotesOf(db, [incident.id]),
        speak ? crewForms(db, incident, refused) : { version: incident.version, handingOver: null, assigning: null },
        timelinePart(db, incident),
        pinnedPart(db, incident),
      ]),
    ])
  const [briefing, guarded, staffNotes, crew, timeline, pinned] = rest
  return {
    shell,
    incident: head,
    ...silence,
    pausing,
    composer,
    preview: 'preview' in sent ? sent.preview : null,
    reopening,
    held: inHold,
    briefing,
    updates: posted,
    correcting: speak ? { version: incident.version, refused: refused.correcting ?? null } : null,
    retracting:
      speak && !incident.retracted ? { version: incident.version, refused: refused.retracting ?? null } : null,
    merging,
    goingPublic:
      open && speak && incident.visibility === 'internal'
        ? { version: incident.version, refused: refused.goingPublic ?? null }
        : null,
    delivery,
    figures,
    guarded,
    staffNotes: staffNotes.map(noteView),
    notingForStaff: speak ? (refused.notingForStaff ?? emptyForm()) : null,
    crew,
    warRoom: warRoomPart(incident, speak, refused.linking),
    timeline: timeline.lines,
    pinned,
    olderTimelineUrl: timeline.olderUrl,
    noting: speak ? emptyForm() : null,
  }
}

async function headOf({ acting }: Call, incident: Incident, now: Date): Promise<IncidentScreen['incident']> {
  const { id, title, severity, status, visibility, nextUpdateDueAt, publicSince } = incident
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
    publicUrl: visibility === 'public' && publicSince ? incidentUrl(acting.urls.site, id) : null,
    ...(await crewNames(acting.db, incident, acting.actor.personId, now)),
  }
}

async function reopeningOf({ acting }: Call, { id, severity }: Incident): Promise<Form> {
  const draft = await draftOf(acting.db, acting.actor.personId, draftNameOf(id))
  return emptyForm({ severity, body: draft?.fields.body ?? '' })
}
