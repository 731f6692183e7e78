import type { Channel } from './attempt.ts'
import type { GuardedMessage } from './blast-guard.ts'
import type { DeliveryBoard } from './board.ts'
import type { BriefingRoom } from './briefing-view.ts'
import type { RungRecipient } from './cadence.ts'
import type { LadderLine } from './console-lines.ts'
import type { IncidentStatus, Phase, Visibility } from './lifecycle.ts'
import type { Figures } from './metrics.ts'
import type { PauseKind } from './pause.ts'
import type { PreviewScreen } from './preview-screen.ts'
import type { ReadyWords } from './ready-words.ts'
import type { CommanderInRoom, Crew, RoleInRoom, TimelineLine, WarRoomPart } from './room-crew.ts'
import type { AlertSent, ChoiceGroup, ComponentChoice, Form, Shell } from './screen-parts.ts'
import type { Severity } from './severity.ts'
import type { StaffNoteView } from './staff-page.ts'

/** The incident room: what its screen is handed (`console/incident`). Conventions as in `screens.ts`. */

/** One of the intervals that may be promised: `value` is ISO 8601, or empty for no promise. */
export interface PromiseOption {
  value: string
  seconds: number | null
}

/** The longest silence that the cadence allows, in seconds; null where it asks for no promise. */
export interface SilenceLimit {
  open: number | null
  monitoring: number | null
}

export interface Composer {
  /** status, body, headline, template, words_used, next_update_in, extension_reason, severity, severity_reason, page_only, `component:<id>`. */
  form: Form
  ready: ReadyWords
  /** The version of the incident that the author saw; goes back with the form. */
  version: number
  /** The number that the update will have. */
  seq: number
  /** How many people an update reaches that says what the form holds, and how many one that resolves. */
  reach: { update: number; resolution: number }
  /** What it waits for at each severity before it goes out; null where no second person is asked. */
  approval: Record<Severity, ApprovalAhead | null>
  promises: PromiseOption[]
  limits: Record<Severity, SilenceLimit>
  /** How much further a reason reaches; null where none does. */
  extended: Record<Severity, SilenceLimit | null>
  /** What the incident holds now. */
  held: ComponentChoice[]
  /** Everything else that may be added. */
  others: ChoiceGroup[]
  /** When the text was last kept on the server. */
  savedAt: string | null
  /** Others' words published since the author began; non-empty means that this post was refused as stale. */
  overtakenBy: PostedUpdate[]
}

/** What an update waits for that is posted now. */
export interface ApprovalAhead {
  /** Who is asked; empty: there is nobody to ask. */
  people: string[]
  /** How long it waits for their answer at most, by itself. */
  seconds: number
  /** When it goes out unanswered, always before the promise; null where the promise is due, so that it waits for nobody. */
  leavesAt: string | null
  /** The promise. */
  dueAt: string | null
}

export interface PostedUpdate {
  id: string
  seq: number
  status: IncidentStatus
  severity: Severity
  /** When it was published, or posted while it is held. */
  at: string
  author: string
  /** As it reads now; what a correction begins with. */
  body: string
  /** Sanitised HTML of that. */
  html: string
  /** Newest first. */
  corrections: CorrectionMade[]
  /** The board of its delivery; null where nobody was to be told. */
  deliveryUrl: string | null
  noChange: boolean
  /** Public, and sent to nobody: its author wished it so. */
  pageOnly: boolean
  /** Null when no promise was open. */
  promiseKept: boolean | null
  /** Whole minutes, at least 1; null when kept. */
  lateByMinutes: number | null
  /** Why the incident was declared by mistake, where this update retracts it. */
  retractionReason: string | null
}

/** An update that is held back and can be recalled. */
export interface HeldUpdate {
  update: PostedUpdate
  /** Under which it is recalled (`/recall`) and released (`/release`). */
  url: string
  /** When it goes out by itself. */
  leavesAt: string
  /** How many people it would reach; 0 where it is for the page only. */
  reach: number
  /** Somebody has just been refused another post because of this one; their text is kept. */
  inTheWay: boolean
  /** Null where it waits for nobody's approval, or has it already. */
  approval: {
    /** Whether the viewer may give it (`/approve`): they speak, and did not write it. */
    mayGive: boolean
    /** The viewer wrote it. */
    own: boolean
    /** Why the glass is broken (`/break-glass`), as it was typed and refused: reason. */
    breaking: Form | null
  } | null
}

/** A visible correction of an update. */
export interface CorrectionMade {
  at: string
  author: string
  reason: string
  /** Sanitised HTML of what it said until then. */
  previousHtml: string
}

/** A rung of the silence ladder that is still to come. */
export interface RungAhead {
  name: string
  at: string
  to: RungRecipient[]
  /** The people meant at present. */
  people: string[]
  channels: Channel[]
}

/** Who holds the alerts back, and who may: the silence panel's own answers. */
export interface Pausing {
  /** In force at present, the one that lasts longest first. */
  held: { kind: PauseKind; by: string; until: string; reason: string | null }[]
  /** How long alerts may be held at a time, in seconds; null where nothing is promised, so that nobody is alerted. */
  longest: number | null
  /** Whether the viewer may say "I have it". */
  mayTake: boolean
  /** How long the viewer may snooze, the shortest first; empty when they may not. */
  lengths: { value: string; seconds: number }[]
  /** A snooze that was typed and refused: for, reason. */
  refused: Form | null
}

export interface IncidentScreen {
  shell: Shell
  incident: {
    id: string
    title: string
    severity: Severity
    status: IncidentStatus
    phase: Phase
    visibility: Visibility
    startedAt: string
    resolvedAt: string | null
    dueAt: string | null
    late: boolean
    /** Declared by mistake, and said to be. */
    retracted: boolean
    /** The incident's public page; null for an internal one. */
    publicUrl: string | null
    commander: CommanderInRoom | null
    roles: RoleInRoom[]
  }
  crew: Crew
  warRoom: WarRoomPart
  /** Null without a promise. */
  line: LadderLine | null
  /** While it is held, nobody posts another. */
  held: HeldUpdate | null
  /** Null when resolved, when an update is held, or when the viewer may not speak. */
  composer: Composer | null
  /** What the composer holds as its readers would get it; null unless that was asked. */
  preview: PreviewScreen | null
  /** Null unless resolved and the viewer may speak: body, severity. */
  reopening: Form | null
  /** Null for those who may not read what executives are told. */
  briefing: BriefingRoom | null
  /** Published ones, newest first. */
  updates: PostedUpdate[]
  /** Null when the viewer may not speak. */
  correcting: {
    /** The version of the incident that the author saw; goes back with the form. */
    version: number
    /** What was typed and refused: body, reason, notify. */
    refused: { updateId: string; form: Form } | null
  } | null
  /** Null when the viewer may not speak, or when it is retracted already: body, reason, notify. */
  retracting: {
    /** The version of the incident that the author saw; goes back with the form. */
    version: number
    /** What was typed and refused. */
    refused: Form | null
  } | null
  /** Null where there is no incident that this open one may be part of: into. */
  merging: {
    /** The version of the incident that the author saw; goes back with the form. */
    version: number
    choices: { value: string; text: string }[]
    /** What was chosen and refused. */
    refused: Form | null
  } | null
  /** Null unless it is internal and open, and the viewer may speak: title, body. */
  goingPublic: {
    /** The version of the incident that the author saw; goes back with the form. */
    version: number
    /** What was typed and refused. */
    refused: Form | null
  } | null
  /** Of the newest update; null when nothing was announced yet. */
  delivery: DeliveryBoard | null
  /** Of this incident so far; null for a false alarm, which counts nowhere. */
  figures: Figures | null
  /** Messages that wait for a second confirmation. */
  guarded: GuardedMessage[]
  rungs: RungAhead[]
  /** If the promise breaks, customers are told by a holding notice. */
  holdingNotice: boolean
  alerts: AlertSent[]
  /** Whether somebody was alerted for the promise that is open: then "I have it" stands beside the clock. */
  alerted: boolean
  /** Null when resolved. */
  pausing: Pausing | null
  /** What support and sales are told, newest first. */
  staffNotes: StaffNoteView[]
  /** Null when the viewer may not speak: kind, text. */
  notingForStaff: Form | null
  /** The newest lines, newest first. */
  timeline: TimelineLine[]
  /** The newest of those that were pinned, newest first. */
  pinned: TimelineLine[]
  /** A path to the lines before these. */
  olderTimelineUrl: string | null
  /** A note for the timeline; null when the viewer may not speak: text, pin. */
  noting: Form | null
}
