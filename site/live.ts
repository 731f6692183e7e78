import { COMPONENT_STATUSES, type ComponentStatus } from '../api/domain/component.ts'
import { isRunning, MAINTENANCE_STATUSES } from '../api/domain/maintenance.ts'
import type { HomePage, IncidentPage, IncidentView } from '../api/domain/pages.ts'
import { SEVERITIES, SEVERITY } from '../api/domain/severity.ts'
import { clock } from './format.ts'
import type { LateWords, LiveData, LivePage, LiveState, LiveWords } from './live/data.ts'
import { favicon } from './shapes.ts'
import { STATE_MARK } from './state.ts'
import { around, formsOf, t } from './words.ts'

/** When something was said of an incident, corrections included. */
const wordsOf = (incident: IncidentView): string[] =>
  incident.updates.flatMap((update) => [update.at, ...update.corrections.map((correction) => correction.at)])

const newest = (times: readonly string[]): string => times.toSorted().at(-1) ?? ''

function livePage(page: HomePage | IncidentPage, incidents: readonly IncidentView[]): LivePage {
  const { at } = page.stamp
  const spoke = newest(incidents.flatMap(wordsOf))
  return { newest: newest([at, spoke]), spoke, state: 0, states: [] }
}

function liveState(status: ComponentStatus, company: string): LiveState {
  const severities = SEVERITIES.filter((severity) => SEVERITY[severity].componentStatus === status)
  const maintenances = status === 'under_maintenance' ? MAINTENANCE_STATUSES.filter(isRunning) : []
  const [word, statement] = [t(`state_${status}`), t(`statement_${status}`)]
  return {
    names: [status, ...severities, ...maintenances],
    word,
    icon: favicon(STATE_MARK[status]),
    title: t('title_home', { state: word, statement: '{}', company }),
    calm:
      status === 'operational'
        ? t('title_home_operational', { company })
        : t('title_home', { state: word, statement, company }),
  }
}

/** What the script of the home page knows: all states that the tab may come to show. */
export function liveHome(page: HomePage): LivePage {
  const past = page.past.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []))
  return {
    ...livePage(page, [...page.incidents, ...past]),
    state: COMPONENT_STATUSES.indexOf(page.state),
    states: COMPONENT_STATUSES.map((status) => liveState(status, page.company.name)),
  }
}

/** What the script of an incident's page knows; null once it is over, for then the page is done. */
export function liveIncident(page: IncidentPage): LivePage | null {
  const { incident, company } = page
  if (incident.resolvedAt !== null) return null
  const title = t('title_incident_resolved', { title: incident.title, company: company.name })
  return { ...livePage(page, [incident]), over: { id: incident.id, title, icon: favicon('ok') } }
}

const liveWords = (): LiveWords => ({
  update: t('live_update', { time: '{time}' }),
  corrected: t('live_corrected', { time: '{time}' }),
  state: t('live_state', { state: '{state}' }),
  dead: t('live_dead', { time: '{time}' }),
  show: t('live_show'),
  looking: [t('live_looking'), t('live_pause')],
  paused: [t('live_paused'), t('live_resume')],
  minutes: formsOf('minutes'),
  hours: formsOf('hours'),
  ahead: t('live_ahead', { length: '{length}' }),
  late: t('live_late', { length: '{length}' }),
})

/** What a page tells its script. */
export const liveData = (page: LivePage | null): LiveData => ({
  locales: t('zone_locales').split(' '),
  ...(page && { page, words: liveWords() }),
})

/** What the promise of an incident says from the moment it is broken, until the page is published anew. */
export function lateWords(incident: IncidentView): LateWords {
  const { before, after } = around('promise_late')
  const last = incident.updates[0]
  const word = last
    ? t('promise_late_last_word', { time: t('time_utc', { time: clock(last.at) }) })
    : t('promise_late_no_word')
  return [before, after, `${t('promise_late_text')} ${word} ${t('promise_late_sorry')}`]
}
