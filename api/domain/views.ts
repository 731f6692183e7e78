import type { ComponentStatus } from './component.ts'
import type { InEachLanguage } from './languages.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { MaintenanceStatus, MaintenanceStep } from './maintenance.ts'
import type { Severity } from './severity.ts'

/**
 * What public pages print, part by part: plain values, ready to print. Every time is an RFC 3339 UTC text with
 * milliseconds; words (of states, of severities) are looked up by the page in its language's message file.
 */

export interface Company {
  name: string
  shortName: string
  supportUrl: string | null
  postalAddress: string | null
  termsUrl: string | null
  privacyUrl: string | null
  logoSvg: string | null
  /** Where customers see the page, without a slash at the end. */
  siteUrl: string
  /** Where forms are posted to, without a slash at the end. */
  apiUrl: string
}

/** The revision and time at which this page's own content last changed. */
export interface Stamp {
  revision: number
  at: string
}

/** One UTC day of a component. */
export interface DayView {
  /** YYYY-MM-DD. */
  date: string
  /** The worst it was shown as that day; null before its start date. */
  status: ComponentStatus | null
  /** Counted as down, in whole seconds (a partial outage counts 0.3). */
  downSeconds: number
}

/** Ninety days of a component, or of the worst of a group. */
export interface BarsView {
  /** Per cent of the observed time, floored to two decimals; null where nothing was observed. */
  uptime: number | null
  /** Oldest first, 90 of them; the last is the day of the page. */
  days: DayView[]
}

export interface ComponentRow {
  id: string
  name: string
  description: string | null
  status: ComponentStatus
  bars: BarsView
}

/** A group and its components; `name` is null for those outside any group. */
export interface ComponentGroup {
  id: string | null
  name: string | null
  status: ComponentStatus
  /** For each day the worst of its components; the least of their uptimes. */
  bars: BarsView
  components: ComponentRow[]
}

/** What one can choose on the subscribe page: no state, so that the page changes with names only. */
export interface ChoiceGroup {
  id: string | null
  name: string | null
  components: { id: string; name: string }[]
}

/** A visible change of an update, newest first. */
export interface CorrectionView {
  id: string
  at: string
  /** Sanitised HTML of what it said until then. */
  previousHtml: string
  /** Who noticed, and what was wrong, as written. */
  reason: string
  /** Those who were sent the first wording were sent this. */
  told: boolean
}

export interface UpdateView {
  id: string
  seq: number
  status: IncidentStatus
  severity: Severity
  at: string
  headline: string
  /** Sanitised HTML of the body: one or more `<p>` and lists. */
  html: string
  noChange: boolean
  corrections: CorrectionView[]
  /** Whole minutes by which the promise it answered was broken, at least 1; null when kept or none was open. */
  lateByMinutes: number | null
  /** Why the incident was declared by mistake, where this update retracts it. */
  retractionReason: string | null
  /** The incident that its own turned out to be part of, where this update says so. */
  mergedInto: string | null
}

/** What was told by itself of a silence; it is no update. */
export interface HoldingNoticeView {
  id: string
  at: string
  words: InEachLanguage
}

export interface PromiseView {
  dueAt: string
  /** The promise is broken: published at the deadline itself. */
  late: boolean
  /** True only after a carrier accepted an alert to the team about this deadline. */
  teamAlerted: boolean
}

export interface IncidentView {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  retracted: boolean
  /** The incident that it turned out to be part of. */
  mergedInto: string | null
  startedAt: string
  resolvedAt: string | null
  affected: { name: string; status: ComponentStatus }[]
  /** Newest first. */
  updates: UpdateView[]
  /** Newest first. */
  notices: HoldingNoticeView[]
  /** Null where nothing is promised (resolved, or a severity without cadence). */
  promise: PromiseView | null
}

/** The overall state: the worst of what is shown, as one of the component states. */
export type OverallState = ComponentStatus

/** One of the past seven days' incidents, or a run of days without any. */
export type PastEntry =
  | { kind: 'quiet'; from: string; to: string }
  | { kind: 'incident'; day: string; incident: IncidentView }
  | { kind: 'maintenance'; day: string; maintenance: MaintenanceView }

export interface MaintenanceUpdateView {
  id: string
  seq: number
  step: Exclude<MaintenanceStep, 'reminder'>
  status: MaintenanceStatus
  at: string
  html: string
}

export interface MaintenanceView {
  id: string
  title: string
  status: MaintenanceStatus
  scheduledFor: string
  scheduledUntil: string
  startedAt: string | null
  endedAt: string | null
  recurs: boolean
  /** Sanitised HTML of what was planned. */
  html: string
  /** Names of the components concerned. */
  affected: string[]
  /** Newest first. */
  updates: MaintenanceUpdateView[]
}

/** A row of the history. */
export type HistoryEntry =
  | {
      kind: 'incident'
      id: string
      title: string
      severity: Severity
      retracted: boolean
      from: string
      /** Null while it is open. */
      to: string | null
      components: string[]
    }
  | {
      kind: 'maintenance'
      id: string
      title: string
      status: MaintenanceStatus
      /** When it began, or is to begin. */
      from: string
      /** When it ended, or is to end. */
      to: string
      components: string[]
    }
