import type { IncidentView } from '../api/domain/pages.ts'
import { listOf, longLength, minutesBetween } from './format.ts'
import { escapeHtml, t } from './words.ts'

/** The status as a run-in: "**Identified.** The cause is …", inside the first paragraph of the body. */
export function runIn(word: string, html: string): string {
  const lead = `<b>${escapeHtml(word)}</b>`
  return /^\s*<p>/.test(html) ? html.replace(/^\s*<p>/, () => `<p>${lead} `) : `<p>${lead}</p>${html}`
}

const plain = (html: string): string =>
  html
    .replace(/<[^>]+>/g, '')
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

function lengthSentence(incident: IncidentView): string {
  const length = longLength(minutesBetween(incident.startedAt, incident.resolvedAt!))
  const names = incident.affected.map((component) => component.name)
  if (names.length === 0) return t('summary_resolved_plain', { length })
  const key = names.length === 1 ? 'summary_resolved_one' : 'summary_resolved'
  return t(key, { length, components: listOf(names) })
}

/**
 * The summary of an incident in one paragraph: its newest headline where somebody wrote one, since the first sentence
 * of the update stands right below anyway; of a resolved one, else, how long it lasted and for what. Empty when neither.
 */
export function summaryOf(incident: IncidentView): string {
  if (incident.retracted) return t('false_alarm')
  const newest = incident.updates[0]
  const written = newest && !plain(newest.html).startsWith(newest.headline.replace(/…$/, '')) ? newest.headline : ''
  if (written) return written
  return incident.resolvedAt === null ? '' : lengthSentence(incident)
}
