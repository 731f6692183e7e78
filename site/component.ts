import type { ComponentPage } from '../api/domain/pages.ts'
import { observedDays, uptimeWords } from './bars.ts'
import { date } from './format.ts'
import { escapeHtml, type Markup, t } from './words.ts'

/** Title and description of a component's page; neither carries its state, which others would keep for days. */
export const componentHead = ({ company, component }: ComponentPage): { title: string; description: string } => ({
  title: t('title_plain', { title: component.name, company: company.name }),
  description: t('description_component', { component: component.name }),
})

/** A name in a sentence of ours; its direction stays its own. */
export const isolated = (name: string): Markup => ({ html: `<bdi>${escapeHtml(name)}</bdi>` })

/** The uptime with its base: how many days were observed, and since when, where that is known. */
export function uptimeSentence({ component, startDate }: ComponentPage): string {
  const count = observedDays(component.bars)
  if (count === 0) return t('nothing_observed')
  const share = t('uptime_of_days', { count, uptime: uptimeWords(component.bars.uptime) })
  return startDate === null ? share : `${share} ${t('observed_since', { date: date(startDate) })}`
}
