import { utcDay } from '../../domain/days.ts'
import { renderHtml, renderText } from '../../domain/markdown.ts'
import { remembering } from '../../domain/remembering.ts'
import type { Telling, Thread } from './threads.ts'
import { monthWord, say } from './words.ts'
import { escapeXml } from './xml.ts'

/**
 * A thread as entries of history feeds hold it: Statuspage's paragraphs, newest first, which readers' scripts take apart.
 * What is planned stands before them, without anything bold, so that the first bold word stays the status.
 */
export const threadHtml = ({ plan, tellings }: Thread): string =>
  [
    ...(plan === null ? [] : [planHtml(plan)]),
    ...(plan !== null && tellings.length === 0 ? [renderHtml(plan.body)] : []),
    ...(tellings.length === 0 ? [] : [tellingsInThread(tellings)]),
  ].join('\n')

/** Six feeds hold most threads, and a post changes one of them. */
const printedBefore = new WeakMap<Thread['tellings'], string>()

function tellingsInThread(tellings: Thread['tellings']): string {
  const known = printedBefore.get(tellings)
  if (known !== undefined) return known
  const html = tellings.map(tellingInThread).join('\n')
  printedBefore.set(tellings, html)
  return html
}

/** Small date, bold status, dash, text; then when it was corrected. */
function tellingInThread(telling: Telling): string {
  const html = renderHtml(telling.body)
  const when = say('moment_utc', { moment: momentHtml(telling.at) })
  const lead = `<p><small>${when}</small><br><strong>${telling.word}</strong> - `
  return (html.startsWith('<p>') ? lead + html.slice('<p>'.length) : `${lead}</p>\n${html}`) + asideHtml(telling)
}

/** One update by itself, where its date and status are told beside it. */
export const tellingHtml = (telling: Telling): string => renderHtml(telling.body) + asideHtml(telling)

/** The same for readers that print plain text. */
export const tellingText = (telling: Telling): string => [renderText(telling.body), ...asideWords(telling)].join('\n\n')

const asideHtml = (telling: Telling): string =>
  asideWords(telling)
    .map((words) => `\n<p><small>${escapeXml(words)}</small></p>`)
    .join('')

/** What is told beside the words: why it is retracted, and when it was corrected. */
const asideWords = (telling: Telling): string[] => [...retractionWords(telling), ...correctionWords(telling)]

const retractionWords = ({ retractionReason }: Telling): string[] =>
  retractionReason === null ? [] : [say('retracted', { reason: retractionReason })]

/** The day is told where it is not the day of the update. */
function correctionWords({ at, correctedAt }: Telling): string[] {
  if (correctedAt === null) return []
  const time = timeOf(correctedAt)
  if (isSameDay(at, correctedAt)) return [say('corrected', { time })]
  return [say('corrected_on', { date: say('date', dateParts(correctedAt)), time })]
}

function planHtml({ from, until }: NonNullable<Thread['plan']>): string {
  const end = isSameDay(from, until) ? timeHtml(until) : momentHtml(until)
  return `<p><small>${say('planned', { from: momentHtml(from), until: end })}</small></p>`
}

/** `Nov 12, 14:04`, day and time marked for scripts. */
const momentHtml = (at: Date): string => momentOf(at.toISOString())

/** Of the hundreds that feeds print, few are new at a post. */
const momentOf = remembering(2_000, (iso) => {
  const at = new Date(iso)
  const { month, day } = dateParts(at)
  const date = say('date', { month, day: `<var data-var='date'>${day}</var>` })
  return say('moment', { date, time: timeHtml(at) })
})

const timeHtml = (at: Date): string => `<var data-var='time'>${timeOf(at)}</var>`
const timeOf = (at: Date): string => at.toISOString().slice(11, 16)
const dateParts = (at: Date) => ({ month: monthWord(at), day: at.toISOString().slice(8, 10) })
const isSameDay = (one: Date, other: Date): boolean => utcDay(one) === utcDay(other)
