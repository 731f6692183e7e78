import type { ComponentGroup, HomePage, IncidentView, PastEntry } from '../api/domain/pages.ts'
import { clock, date } from './format.ts'
import { t } from './words.ts'

/** The statement of the home page: the worst incident's title, written by a person; else the state in a sentence. */
export const homeStatement = (page: HomePage): string => page.incidents[0]?.title ?? t(`statement_${page.state}`)

function describe(incident: IncidentView | undefined, statement: string): string {
  if (!incident?.promise) return t('description_statement', { statement })
  const time = t('time_utc', { time: clock(incident.promise.dueAt) })
  return t(incident.promise.late ? 'description_late' : 'description_promise', { statement, time })
}

/** Title and description of the home page; both carry the state, a preview's do not. */
export function homeHead(page: HomePage): { title: string; description: string } {
  const company = page.company.name
  const [worst] = page.incidents
  if (!worst && page.state === 'operational')
    return { title: t('title_home_operational', { company }), description: t('description_operational', { company }) }
  const statement = homeStatement(page)
  const title = t('title_home', { state: t(`state_${page.state}`), statement, company })
  return { title, description: describe(worst, statement) }
}

/** The day of the last incident of the past week; null when there was none. */
export function lastIncidentDay(past: readonly PastEntry[]): string | null {
  const last = past.find((entry) => entry.kind === 'incident')
  return last ? date(last.day) : null
}

/** Components that are not operational, though no incident is open: their status was set by hand. */
export const troubledComponents = (groups: readonly ComponentGroup[]): IncidentView['affected'] =>
  groups.flatMap((group) => group.components).filter((component) => component.status !== 'operational')
