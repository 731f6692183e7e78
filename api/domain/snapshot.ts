import { type ComponentStatus, worstStatus } from './component.ts'
import type { InEachLanguage } from './languages.ts'
import type { IncidentStatus } from './lifecycle.ts'
import { isRunning, type MaintenanceStatus, type MaintenanceStep } from './maintenance.ts'
import { type Severity, severityRank } from './severity.ts'

/**
 * What outsiders may see, at one instant and under one revision. Everything public is made of this and of nothing else;
 * nothing that is written for inside has a place in these types.
 */
export interface Snapshot {
  /** The newest public change of all; revision 0 where there is none yet. */
  last: Change
  /**
   * The newest change of each kind. `components`: anything about any of them but what incidents do to it; `names`: their
   * names and groups alone; `moved`: what any of them is shown as, whatever the reason.
   */
  lastOf: Record<'incident' | 'maintenance' | 'components' | 'names' | 'organisation' | 'day' | 'moved', Change>
  /** Since when there is anything to tell: the first incident or maintenance, or when the organisation came before that. */
  began: Date
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
  /** Running maintenance, then what is to come, each in the order of its start. */
  maintenances: MaintenanceSeen[]
  /** Maintenance that ended within the past seven days, newest first. */
  recentMaintenances: MaintenanceSeen[]
  /** The 50 newest by their start, in any state. */
  newestMaintenances: MaintenanceSeen[]
  /** The 25 that were cancelled last, whenever they were to be, newest cancellation first. */
  cancelledMaintenances: MaintenanceSeen[]
}

/** What an incident's row in a list needs, without its words. */
export interface ListedIncident {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  retracted: boolean
  startedAt: Date
  resolvedAt: Date | null
  /** Names of the components it concerns, in page order. */
  components: string[]
}

/** What a maintenance's row in a list needs. */
export interface ListedMaintenance {
  id: string
  title: string
  status: MaintenanceStatus
  scheduledFor: Date
  scheduledUntil: Date
  startedAt: Date | null
  endedAt: Date | null
  components: string[]
}

/** A month of the history: what began (or is to begin) in it, by UTC. */
export interface MonthSeen {
  /** YYYY-MM. */
  month: string
  /** The newest change of anything in it. */
  changed: Change
  /** Newest first. */
  incidents: ListedIncident[]
  /** Newest first. */
  maintenances: ListedMaintenance[]
}

/** A component with what concerned it, for its page and feeds. */
export interface ComponentRecord {
  component: ComponentSeen
  /** The newest change of the component or of anything that concerns it. */
  changed: Change
  /** The 50 newest incidents that named it. */
  incidents: IncidentSeen[]
  /** The 50 newest maintenances that named it. */
  maintenances: MaintenanceSeen[]
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
  /** What it was shown as in the past 91 days, oldest first; the last is open. Before the first: operational. */
  spans: SpanSeen[]
}

/** For how long a component was shown as what; `endedAt` is null while it still is. */
export interface SpanSeen {
  status: ComponentStatus
  startedAt: Date
  endedAt: Date | null
}

export interface MaintenanceSeen {
  id: string
  title: string
  body: string
  status: MaintenanceStatus
  scheduledFor: Date
  scheduledUntil: Date
  startedAt: Date | null
  endedAt: Date | null
  /** It is one of a series. */
  recurs: boolean
  /** For calendars: grows with every change that they have to take over. */
  sequence: number
  createdAt: Date
  /** Its newest public change; null where none is recorded. */
  changed: Change | null
  componentIds: string[]
  /** Newest first; reminders are not among them. */
  updates: MaintenanceUpdateSeen[]
}

export interface MaintenanceUpdateSeen {
  id: string
  seq: number
  step: Exclude<MaintenanceStep, 'reminder'>
  status: MaintenanceStatus
  body: string
  notify: boolean
  publishedAt: Date
}

/** A visible change of what was said. */
export interface CorrectionSeen {
  id: string
  body: string
  previousBody: string
  reason: string
  /** Whether those who were sent the first wording were sent this. */
  notify: boolean
  createdAt: Date
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
  /** What was told by itself of silences, newest first. */
  notices: HoldingNoticeSeen[]
}

/** What was told by itself when a promised update was late; it is no update. */
export interface HoldingNoticeSeen {
  id: string
  /** The number of the update that the silence follows. */
  afterSeq: number
  words: InEachLanguage
  publishedAt: Date
}

export interface UpdateSeen {
  id: string
  seq: number
  status: IncidentStatus
  severity: Severity
  /** As it reads now. */
  headline: string
  /** As it reads now: corrected, where it was. */
  body: string
  /** Newest first. */
  corrections: CorrectionSeen[]
  noChange: boolean
  notify: boolean
  /** What it told about components, under the names they had then. */
  affected: { id: string; name: string; old_status: ComponentStatus; new_status: ComponentStatus }[]
  publishedAt: Date
  /** The promise it answered; null where none was open. */
  answeredDueAt: Date | null
  promiseKept: boolean | null
  /** Why the incident was declared by mistake, where this update says so. */
  retractionReason: string | null
  /** The incident that its own turned out to be part of, where this update says so. */
  mergedInto: string | null
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

/** Orders maintenance by its start, soonest first. */
export const bySchedule = (one: MaintenanceSeen, other: MaintenanceSeen): number =>
  one.scheduledFor.getTime() - other.scheduledFor.getTime() || one.id.localeCompare(other.id)

/** Maintenance under way. */
export const runningMaintenances = ({ maintenances }: Pick<Snapshot, 'maintenances'>): MaintenanceSeen[] =>
  maintenances.filter(({ status }) => isRunning(status))

/** The newest public change that machines are told of; the turn of a day changes nothing for them. */
export const lastStatement = ({ lastOf }: Pick<Snapshot, 'lastOf'>): Change =>
  [lastOf.incident, lastOf.maintenance, lastOf.components, lastOf.organisation].reduce(newerChange)

/** The components of a group, in their order; of no group for null. */
export const componentsIn = (snapshot: Snapshot, groupId: string | null): ComponentSeen[] =>
  snapshot.components.filter((component) => component.groupId === groupId)

/** What a group is shown as: the worst of its components. */
export const groupStatus = (snapshot: Snapshot, groupId: string | null): ComponentStatus =>
  worstStatus(componentsIn(snapshot, groupId).map((component) => component.status))
