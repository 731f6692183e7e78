import { badDays } from '../api/domain/bars.ts'
import type { ComponentStatus } from '../api/domain/component.ts'
import type { BarsView, ComponentGroup, DayView } from '../api/domain/pages.ts'
import { dayAndMonth, dayRange, shortLength } from './format.ts'
import { t } from './words.ts'

/** So many bad days are read out with the bars; the component's own page lists them all. */
const READ_OUT = 6

/** Uptime in words: `99.93%`, `100%`, `no data`; never rounded up. */
export const uptimeWords = (uptime: number | null): string =>
  uptime === null ? t('no_data') : t('percent', { value: uptime === 100 ? '100' : uptime.toFixed(2) })

/** How many of the days were observed. */
export const observedDays = ({ days }: BarsView): number => days.filter((day) => day.status !== null).length

function troubleWords(days: readonly DayView[]): string {
  const bad = badDays(days)
  if (bad.length === 0) return t('bars_quiet')
  const named = bad
    .slice(0, READ_OUT)
    .map(({ date, status }) => t('bars_day', { date: dayAndMonth(date), state: t(`state_${status}`) }))
  const more = bad.length - named.length
  return [...named, ...(more > 0 ? [t('bars_more', { count: more })] : [])].join(', ')
}

/** The bars in words, for who cannot see them: how long, how well, and the newest bad days. */
export function barsLabel(bars: BarsView, ofGroup: boolean): string {
  const count = observedDays(bars)
  if (count === 0) return t('bars_unseen')
  const days = t('days', { count })
  const values = { days, uptime: uptimeWords(bars.uptime), trouble: troubleWords(bars.days) }
  return t(ofGroup ? 'bars_label_group' : 'bars_label', values)
}

/** The first and the last day of bars, as dates: a page that stands for long must not call a past day today. */
export interface Axis {
  from: string
  to: string
}

export function axisOf({ days }: BarsView): Axis | null {
  const [first, last] = [days[0], days.at(-1)]
  return first && last ? { from: dayAndMonth(first.date), to: dayAndMonth(last.date) } : null
}

/** The days that all bars of a page share; null where there are none. */
export function commonAxis(groups: readonly ComponentGroup[]): Axis | null {
  const shown = groups.find((group) => group.components.length > 0)
  return shown ? axisOf(shown.bars) : null
}

/** Days on end that went the same way; a day in trouble stands alone. */
export interface DayRun {
  words: string
  status: ComponentStatus | null
  /** How long it was down, in words; empty where it was not. */
  down: string
}

const isQuiet = (day: DayView): boolean => day.status === null || day.status === 'operational'
const joins = (run: DayView[], day: DayView): boolean => isQuiet(day) && run[0]!.status === day.status

/** Ninety days as a list, newest first: runs of quiet days joined, each bad day with how long it was down. */
export function dayRuns(days: readonly DayView[]): DayRun[] {
  const runs: DayView[][] = []
  for (const day of days.toReversed()) {
    const run = runs.at(-1)
    if (run && joins(run, day)) run.push(day)
    else runs.push([day])
  }
  return runs.map((run) => ({
    words: dayRange(run.at(-1)!.date, run[0]!.date),
    status: run[0]!.status,
    down: downWords(run[0]!),
  }))
}

const downWords = ({ downSeconds }: DayView): string =>
  downSeconds === 0 ? '' : t('down_for', { length: shortLength(Math.max(1, Math.round(downSeconds / 60))) })
