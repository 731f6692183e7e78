import type { IncidentPage, IncidentView } from '../api/domain/pages.ts'
import { clock, date, longLength, minutesBetween } from './format.ts'
import { t } from './words.ts'

const titleKey = (incident: IncidentView) => {
  if (incident.retracted) return 'title_incident_retracted'
  return incident.resolvedAt && !incident.mergedInto ? 'title_incident_resolved' : 'title_incident_open'
}

function description(incident: IncidentView): string {
  const { title, startedAt, resolvedAt, mergedInto, promise } = incident
  if (resolvedAt && !mergedInto) {
    const length = longLength(minutesBetween(startedAt, resolvedAt))
    return t('description_resolved', { date: date(startedAt), title, length })
  }
  if (!promise) return t('description_statement', { statement: title })
  const time = t('time_utc', { time: clock(promise.dueAt) })
  return t(promise.late ? 'description_late' : 'description_promise', { statement: title, time })
}

/** Title and description of an incident's page; its preview elsewhere shows the title alone. */
export function incidentHead(page: IncidentPage): { title: string; description: string; shareTitle: string } {
  const company = page.company.name
  const { title } = page.incident
  return {
    title: t(titleKey(page.incident), { title, company }),
    description: description(page.incident),
    shareTitle: t('title_plain', { title, company }),
  }
}

/** How our promises were kept, in one or two sentences. */
export function recordWords(record: NonNullable<IncidentPage['record']>): string {
  const { made, kept, longestSilenceMinutes } = record
  const promises = made === 0 ? t('record_none') : t('record', { count: made, kept })
  const silence = longestSilenceMinutes > 0 ? t('record_silence', { length: longLength(longestSilenceMinutes) }) : ''
  return `${promises} ${silence}`.trim()
}
