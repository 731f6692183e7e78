import { allGroups, shownGroups, workingNames } from './component-rows.ts'
import { incidentView, recordOf } from './incident-view.ts'
import { overallState } from './overall.ts'
import type { Company, HomePage, IncidentPage, NotFoundPage, Stamp, SubscribePage } from './pages.ts'
import { pastWeek } from './past-week.ts'
import { type Change, type IncidentSeen, newerChange, type Snapshot } from './snapshot.ts'

/** Where the site and its forms stand, each without a slash at the end. */
export interface SiteAddress {
  publicUrl: string
  apiUrl: string
}

/** `/`: what is wrong now, what works, and the past seven days. */
export const homePage = (snapshot: Snapshot, address: SiteAddress): HomePage => ({
  company: companyOf(snapshot, address),
  stamp: stampOf(snapshot.last),
  state: overallState(snapshot),
  incidents: snapshot.open.map((incident) => incidentView(snapshot, incident)),
  groups: shownGroups(snapshot),
  working: workingNames(snapshot),
  past: pastWeek(snapshot),
})

/** `/incidents/{id}`: the whole thread, and how the promise was kept. */
export const incidentPage = (snapshot: Snapshot, address: SiteAddress, incident: IncidentSeen): IncidentPage => ({
  company: companyOf(snapshot, address),
  stamp: stampOf(incidentChange(snapshot, incident)),
  incident: incidentView(snapshot, incident),
  working: incident.status === 'resolved' ? [] : workingNames(snapshot),
  record: recordOf(incident),
})

/** `/subscribe`: what one can subscribe to. */
export const subscribePage = (snapshot: Snapshot, address: SiteAddress): SubscribePage => ({
  company: companyOf(snapshot, address),
  stamp: stampOf(newerChange(snapshot.lastOf.components, snapshot.lastOf.organisation)),
  groups: allGroups(snapshot),
})

/** What is shown where there is nothing. */
export const notFoundPage = (snapshot: Snapshot, address: SiteAddress): NotFoundPage => ({
  company: companyOf(snapshot, address),
  stamp: stampOf(snapshot.lastOf.organisation),
})

/**
 * The change that an incident's page was last touched by. The page of an open one says what still works elsewhere, so
 * every change touches it; that of a resolved one changes with its own incident and with the organisation only.
 */
export const incidentChange = (snapshot: Snapshot, incident: IncidentSeen): Change =>
  incident.status === 'resolved' ? newerChange(snapshot.lastOf.organisation, incident.changed) : snapshot.last

const stampOf = ({ revision, at }: Change): Stamp => ({ revision, at: at.toISOString() })

const companyOf = ({ organisation }: Snapshot, { publicUrl, apiUrl }: SiteAddress): Company => ({
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
