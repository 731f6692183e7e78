import type { ComponentStatus } from './component.ts'
import type { IncidentStatus, Visibility } from './lifecycle.ts'
import type { Severity } from './severity.ts'
import type { StaffNoteKind } from './staff-note.ts'
import type { ChoiceGroup, Company, MaintenanceView, OverallState } from './views.ts'

/**
 * What the page of support and sales prints: all that is public, what audiences see, and what is meant for staff. It has
 * types of its own, so that nothing of it fits into a public page. Times are RFC 3339 UTC texts.
 */

export interface StaffNoteView {
  id: string
  kind: StaffNoteKind
  at: string
  /** Null when a program wrote it. */
  by: string | null
  /** As it was typed, for pasting. */
  text: string
  /** Sanitised HTML of it. */
  html: string
}

/** An incident as staff see it at a glance. */
export interface StaffIncident {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  visibility: Visibility
  startedAt: string
  resolvedAt: string | null
  components: string[]
  /** Its page; null where outsiders see none. */
  url: string | null
  /** The newest public words, ready to be pasted; null where nothing has been said. */
  said: { at: string; html: string; answer: string } | null
  /** Null where nothing is promised. */
  dueAt: string | null
  late: boolean
  /** Newest first. */
  notes: StaffNoteView[]
}

export interface StaffComponent {
  id: string
  name: string
  status: ComponentStatus
  /** Who alone may see it; empty: everybody. */
  audiences: string[]
}

export interface StaffPage {
  company: Company
  at: string
  state: OverallState
  /** Open ones, the gravest first. */
  open: StaffIncident[]
  /** Resolved within the past week. */
  past: StaffIncident[]
  /** What is not as it should be, and what not everybody sees. */
  components: StaffComponent[]
  maintenances: MaintenanceView[]
  /** Paths of the feeds; null for who came by signing in, since feeds are read with a link. */
  feeds: { atom: string; json: string } | null
  /** The path of the forms for subscribing. */
  subscribe: string
}

/** The forms for subscribing to all this by message. */
export interface StaffSubscribePage {
  company: Company
  groups: ChoiceGroup[]
  /** The path that they post to. */
  action: string
}

/** Screens of staff outside the console, by the route that renders each. */
export interface StaffPages {
  '/staff': StaffPage
  '/staff/subscribe': StaffSubscribePage
}
