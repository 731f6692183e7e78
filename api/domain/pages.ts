import type {
  ChoiceGroup,
  Company,
  ComponentGroup,
  ComponentRow,
  HistoryEntry,
  IncidentView,
  MaintenanceView,
  OverallState,
  PastEntry,
  Stamp,
} from './views.ts'

/** What each public page is handed, made of the parts in `views.ts`. */

export { type InEachLanguage, LANGUAGES, type Language } from './languages.ts'
export type * from './subscription-pages.ts'
export type * from './views.ts'

export interface HomePage {
  company: Company
  stamp: Stamp
  state: OverallState
  /** Open incidents, worst first, then oldest first. */
  incidents: IncidentView[]
  groups: ComponentGroup[]
  /** Names of groups (or of components outside groups) of which nothing is wrong, shown while something is. */
  working: string[]
  /** Running maintenance, then what is to come. */
  maintenances: MaintenanceView[]
  past: PastEntry[]
}

export interface IncidentPage {
  company: Company
  stamp: Stamp
  incident: IncidentView
  working: string[]
  /** Promises kept of promises made so far, and the longest silence in whole minutes; null without updates. */
  record: { kept: number; made: number; longestSilenceMinutes: number } | null
}

/** `/history` (the current month) and `/history/{YYYY-MM}`. */
export interface HistoryPage {
  company: Company
  stamp: Stamp
  /** YYYY-MM. */
  month: string
  /** It is the index: the current month with the way to all others. */
  index: boolean
  /** Newest first. */
  entries: HistoryEntry[]
  /** Newest first, from the first with anything in it: on the index up to the current one, else up to the next. */
  months: string[]
}

/** `/components/{id}`. */
export interface ComponentPage {
  company: Company
  stamp: Stamp
  component: ComponentRow
  /** The name of its group. */
  group: string | null
  /** YYYY-MM-DD; null where nobody knows. */
  startDate: string | null
  /** What concerned it, newest first, at most 50. */
  entries: HistoryEntry[]
}

/** `/maintenance`. */
export interface MaintenanceListPage {
  company: Company
  stamp: Stamp
  running: MaintenanceView[]
  upcoming: MaintenanceView[]
  /** Newest first, at most 50. */
  past: MaintenanceView[]
}

/** `/maintenance/{id}`. */
export interface MaintenancePage {
  company: Company
  stamp: Stamp
  maintenance: MaintenanceView
}

export interface SubscribePage {
  company: Company
  stamp: Stamp
  groups: ChoiceGroup[]
}

export interface NotFoundPage {
  company: Company
  stamp: Stamp
}

/** Each public page by the route of the compiled site that renders it. */
export interface PublicPages {
  '/': HomePage
  '/incident': IncidentPage
  '/component': ComponentPage
  '/history': HistoryPage
  '/maintenance-list': MaintenanceListPage
  '/maintenance': MaintenancePage
  '/subscribe': SubscribePage
  '/404': NotFoundPage
}
