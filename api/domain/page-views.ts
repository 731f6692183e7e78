import type { SiteAddress } from './addresses.ts'
import { choiceGroups, rowOf, shownGroups, workingNames } from './component-rows.ts'
import { monthBounds, monthsSince, utcMonth } from './days.ts'
import { componentEntries, monthEntries } from './history-view.ts'
import { incidentView, recordOf } from './incident-view.ts'
import { isOver, isRunning } from './maintenance.ts'
import { maintenanceView } from './maintenance-view.ts'
import { overallState } from './overall.ts'
import {
  componentChange,
  incidentChange,
  maintenanceChange,
  maintenanceListChange,
  monthChange,
  subscribeChange,
} from './page-changes.ts'
import type {
  Company,
  ComponentPage,
  HistoryPage,
  HomePage,
  IncidentPage,
  MaintenanceListPage,
  MaintenancePage,
  NotFoundPage,
  Stamp,
  SubscribePage,
} from './pages.ts'
import { pastWeek } from './past-week.ts'
import type { Change, ComponentRecord, IncidentSeen, MaintenanceSeen, MonthSeen, Snapshot } from './snapshot.ts'

export type { SiteAddress } from './addresses.ts'

/** `/`: what is wrong now, what works, what is planned, and the past seven days. */
export const homePage = (snapshot: Snapshot, address: SiteAddress): HomePage => ({
  ...frame(snapshot, address, snapshot.last),
  state: overallState(snapshot),
  incidents: snapshot.open.map((incident) => incidentView(snapshot, incident)),
  groups: shownGroups(snapshot),
  working: workingNames(snapshot),
  maintenances: snapshot.maintenances.map((maintenance) => maintenanceView(snapshot, maintenance)),
  past: pastWeek(snapshot),
})

/** `/incidents/{id}`: the whole thread, and how the promise was kept. */
export const incidentPage = (snapshot: Snapshot, address: SiteAddress, incident: IncidentSeen): IncidentPage => ({
  ...frame(snapshot, address, incidentChange(snapshot, incident)),
  incident: incidentView(snapshot, incident),
  working: incident.status === 'resolved' ? [] : workingNames(snapshot),
  record: recordOf(incident),
})

/** `/components/{id}`: its ninety days as of its own last change, and what concerned it. */
export function componentPage(snapshot: Snapshot, address: SiteAddress, record: ComponentRecord): ComponentPage {
  const { component } = record
  const change = componentChange(snapshot, record)
  return {
    ...frame(snapshot, address, change),
    component: rowOf(component, change.at),
    group: snapshot.groups.find(({ id }) => id === component.groupId)?.name ?? null,
    startDate: component.startDate,
    entries: componentEntries(snapshot, record),
  }
}

/**
 * `/history/{YYYY-MM}`, and `/history`, which shows the current month. The index leads to every month; a month to those
 * before it and the next one, so that a new month touches two pages and not all.
 */
export const historyPage = (
  snapshot: Snapshot,
  address: SiteAddress,
  month: MonthSeen,
  { index }: { index: boolean },
): HistoryPage => ({
  ...frame(snapshot, address, monthChange(snapshot, month)),
  month: month.month,
  index,
  entries: monthEntries(month),
  months: monthsSince(snapshot.began, snapshot.last.at).filter((each) => index || each <= monthAfter(month.month)),
})

/** `/maintenance`: what is under way, what comes, and what was. */
export function maintenanceListPage(snapshot: Snapshot, address: SiteAddress): MaintenanceListPage {
  const views = (maintenances: MaintenanceSeen[]) =>
    maintenances.map((maintenance) => maintenanceView(snapshot, maintenance))
  return {
    ...frame(snapshot, address, maintenanceListChange(snapshot)),
    running: views(snapshot.maintenances.filter(({ status }) => isRunning(status))),
    upcoming: views(snapshot.maintenances.filter(({ status }) => status === 'scheduled')),
    past: views(snapshot.newestMaintenances.filter(({ status }) => isOver(status))),
  }
}

/** `/maintenance/{id}`. */
export const maintenancePage = (
  snapshot: Snapshot,
  address: SiteAddress,
  maintenance: MaintenanceSeen,
): MaintenancePage => ({
  ...frame(snapshot, address, maintenanceChange(snapshot, maintenance)),
  maintenance: maintenanceView(snapshot, maintenance),
})

/** `/subscribe`: what one can subscribe to. */
export const subscribePage = (snapshot: Snapshot, address: SiteAddress): SubscribePage => ({
  ...frame(snapshot, address, subscribeChange(snapshot)),
  groups: choiceGroups(snapshot),
})

/** What is shown where there is nothing. */
export const notFoundPage = (snapshot: Snapshot, address: SiteAddress): NotFoundPage =>
  frame(snapshot, address, snapshot.lastOf.organisation)

/** Whose page it is, without the page. */
export const companyOf = ({ organisation }: Snapshot, { publicUrl, apiUrl }: SiteAddress): Company => ({
  name: organisation.name,
  shortName: organisation.shortName,
  supportUrl: organisation.supportUrl,
  postalAddress: organisation.postalAddress,
  termsUrl: organisation.termsUrl,
  privacyUrl: organisation.privacyUrl,
  logoSvg: organisation.logoSvg,
  siteUrl: publicUrl,
  apiUrl,
})

/** What every page carries: whose it is, and when its own content last changed. */
const frame = (
  snapshot: Snapshot,
  address: SiteAddress,
  { revision, at }: Change,
): { company: Company; stamp: Stamp } => ({
  company: companyOf(snapshot, address),
  stamp: { revision, at: at.toISOString() },
})

const monthAfter = (month: string): string => utcMonth(monthBounds(month).until)
