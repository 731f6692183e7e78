import type { CommandAge } from './command.ts'
import type { IncidentRole } from './role.ts'
import type { Form } from './screen-parts.ts'

/** The incident room's staff side: who commands and helps, where they meet, what they wrote down. As in `room.ts`. */

/** Somebody who can be chosen. */
export interface PersonChoice {
  id: string
  name: string
}

export interface CommanderInRoom {
  name: string
  isViewer: boolean
  since: string
  age: CommandAge
}

export interface RoleInRoom {
  role: IncidentRole
  /** Null where nobody holds it. */
  name: string | null
  isViewer: boolean
}

/** A form that stands folded until somebody wants it, or until what was typed was refused. */
export interface FoldedForm {
  form: Form
  refused: boolean
}

export interface HandingOver extends FoldedForm {
  /** Active people who may command, without the one who does. */
  people: PersonChoice[]
}

export interface Assigning extends FoldedForm {
  people: PersonChoice[]
}

export interface RoomLink {
  kind: 'bridge' | 'channel' | 'document'
  name: string
  url: string
}

export interface WarRoomPart {
  links: RoomLink[]
  /** Null when the viewer may not speak: bridge_url, channel_url, `documents.<n>.name`, `documents.<n>.url`. */
  linking: (FoldedForm & { rows: number }) | null
}

/** A line of the timeline; who wrote it, or null for the service itself. */
export interface TimelineLine {
  at: string
  kind: 'note' | 'auto' | 'pin' | 'handover'
  text: string
  by: string | null
}

/** How who does what is changed; null parts where the viewer may not speak. */
export interface Crew {
  /** The version of the incident that the viewer saw; goes back with each form. */
  version: number
  /** Null too when nobody needs to command any more: to_person_id, note. */
  handingOver: HandingOver | null
  /** A field for each role. */
  assigning: Assigning | null
}
