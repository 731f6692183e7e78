import { type ComponentStatus, worstStatus } from './component.ts'
import type { IncidentStatus } from './lifecycle.ts'
import { type Severity, severityRank } from './severity.ts'

/**
 * What outsiders may see, at one instant and under one revision. Everything public is made of this and of nothing else;
 * nothing that is written for inside has a place in these types.
 */
export interface Snapshot {
  /** The newest public change of all; revision 0 where there is none yet. */
  last: Change
  /** The newest change of each kind. */
  lastOf: Record<'incident' | 'components' | 'organisation', Change>
  organisation: OrganisationSeen
  /** In the order in which they are shown. */
  groups: GroupSeen[]
  components: ComponentSeen[]
  /** Open incidents, worst first, then oldest first. */
  open: IncidentSeen[]
  /** Resolved incidents of the past seven days, newest first. */
  recent: IncidentSeen[]
  /** The 50 newest incidents in any state, newest first. */
  newest: IncidentSeen[]
}

/** A public change: the revision it got and when it was made. */
export interface Change {
  revision: number
  at: Date
}

export interface OrganisationSeen {
  name: string
  shortName: string
  pageId: string
  supportUrl: string | null
  postalAddress: string | null
  timeZone: string
  termsUrl: string | null
  privacyUrl: string | null
  logoSvg: string | null
  createdAt: Date
}

export interface GroupSeen {
  id: string
  name: string
  description: string | null
  position: number
  createdAt: Date
  updatedAt: Date
}

export interface ComponentSeen {
  id: string
  name: string
  description: string | null
  groupId: string | null
  position: number
  /** What it is shown as. */
  status: ComponentStatus
  /** YYYY-MM-DD. */
  startDate: string | null
  onlyShowIfDegraded: boolean
  createdAt: Date
  updatedAt: Date
}

export interface IncidentSeen {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  retracted: boolean
  startedAt: Date
  resolvedAt: Date | null
  nextUpdateDueAt: Date | null
  /** The promise is broken, and the record says so; no clock is asked. */
  late: boolean
  /** A carrier has taken an alert to the team about the present promise. */
  teamAlerted: boolean
  createdAt: Date
  /** Its newest public change; null where none is recorded. */
  changed: Change | null
  /** The components it holds, or held when it was resolved. */
  components: { id: string; status: ComponentStatus }[]
  /** Newest first. */
  updates: UpdateSeen[]
}

export interface UpdateSeen {
  id: string
  seq: number
  status: IncidentStatus
  severity: Severity
  headline: string
  body: string
  noChange: boolean
  notify: boolean
  /** What it told about components, under the names they had then. */
  affected: { id: string; name: string; old_status: ComponentStatus; new_status: ComponentStatus }[]
  publishedAt: Date
  /** The promise it answered; null where none was open. */
  answeredDueAt: Date | null
  promiseKept: boolean | null
}

/** Whose page it is before anybody has set it up. */
export const NOBODY_YET: OrganisationSeen = {
  name: 'Sitrep',
  shortName: 'Sitrep',
  pageId: '000000000000',
  supportUrl: null,
  postalAddress: null,
  timeZone: 'Etc/UTC',
  termsUrl: null,
  privacyUrl: null,
  logoSvg: null,
  createdAt: new Date(0),
}

/** The newer of two changes. */
export const newerChange = (one: Change, other: Change | null): Change =>
  other !== null && other.revision > one.revision ? other : one

/** Orders open incidents: worst first, then oldest first; the id settles what is left, so that the order never wavers. */
export const byUrgency = (one: IncidentSeen, other: IncidentSeen): number =>
  severityRank(one.severity) - severityRank(other.severity) ||
  one.startedAt.getTime() - other.startedAt.getTime() ||
  one.id.localeCompare(other.id)

/** Orders incidents by when they began, newest first. */
export const byNewest = (one: IncidentSeen, other: IncidentSeen): number =>
  other.startedAt.getTime() - one.startedAt.getTime() || one.id.localeCompare(other.id)

/** The components of a group, in their order; of no group for null. */
export const componentsIn = (snapshot: Snapshot, groupId: string | null): ComponentSeen[] =>
  snapshot.components.filter((component) => component.groupId === groupId)

/** What a group is shown as: the worst of its components. */
export const groupStatus = (snapshot: Snapshot, groupId: string | null): ComponentStatus =>
  worstStatus(componentsIn(snapshot, groupId).map((component) => component.status))
