import type { IncidentView } from '../api/domain/pages.ts'
import { listOf, longLength, minutesBetween } from './format.ts'
import { escapeHtml, t } from './words.ts'

/**
 * The status as a run-in: "**Identified.** The cause is …", inside the first paragraph of the body. The word is isolated,
 * so that the posted text alone settles the direction of its paragraph.
 */
export function runIn(word: string, html: string): string {
  const lead = `<b><bdi>${escapeHtml(word)}</bdi></b>`
  return /^\s*<p>/.test(html) ? html.replace(/^\s*<p>/, () => `<p>${lead} `) : `<p>${lead}</p>${html}`
}

/** What HTML says without its markup, on one line. */
export const plainText = (html: string): string =>
  html
    .replace(/<\/?(p|li|ul|ol|br|blockquote|pre|h\d)\b[^>]*>/g, ' ')
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
  if (incident.mergedInto) return t('merged')
  const newest = incident.updates[0]
  const written = newest && !plainText(newest.html).startsWith(newest.headline.replace(/…$/, '')) ? newest.headline : ''
  if (written) return written
  return incident.resolvedAt === null ? '' : lengthSentence(incident)
}
