import type { CadenceHistory, LineLabel } from '../api/domain/cadence-line.ts'
import type { IncidentView, UpdateView } from '../api/domain/pages.ts'
import { clock, dayAndMonth, listOf, shortDate } from './format.ts'
import { t } from './words.ts'

/** More than these many times are not read out one by one. */
const READ_OUT = 4

const silenceBefore = (update: UpdateView): { from: string; to: string }[] =>
  update.lateByMinutes === null
    ? []
    : [{ from: new Date(new Date(update.at).getTime() - update.lateByMinutes * 60_000).toISOString(), to: update.at }]

/** What the cadence line of an incident is drawn from. */
export const historyOf = (incident: IncidentView): CadenceHistory => ({
  startedAt: incident.startedAt,
  updates: incident.updates.map((update) => update.at),
  dueAt: incident.promise?.dueAt ?? null,
  late: incident.promise?.late ?? false,
  resolvedAt: incident.resolvedAt,
  silences: incident.updates.flatMap(silenceBefore),
})

/** The words of a label: the time of day, or the day where the line runs over days. */
export const labelWords = (label: LineLabel, overDays: boolean): string =>
  overDays ? dayAndMonth(label.at) : clock(label.at)

function spokenSentence(updates: readonly string[], say: (iso: string) => string): string {
  const times = updates.toSorted((one, other) => new Date(one).getTime() - new Date(other).getTime()).map(say)
  if (times.length === 0) return t('line_no_updates')
  return times.length > READ_OUT
    ? t('line_many', { count: times.length, first: times[0]!, last: times.at(-1)! })
    : t('line_updates', { count: times.length, times: listOf(times) })
}

function promiseSentence(history: CadenceHistory, say: (iso: string) => string): string {
  if (history.resolvedAt) return t('line_resolved', { time: say(history.resolvedAt) })
  if (!history.dueAt) return ''
  return t(history.late ? 'line_late' : 'line_next', { time: say(history.dueAt) })
}

/** The cadence line in words, for who cannot see it; all times in UTC. */
export function lineSentence(history: CadenceHistory, overDays: boolean): string {
  const say = (iso: string) => {
    const time = t('time_utc', { time: clock(iso) })
    return overDays ? `${shortDate(iso)} ${time}` : time
  }
  const silences = history.silences?.length ?? 0
  return [
    t('line_began', { time: say(history.startedAt) }),
    spokenSentence(history.updates, say),
    silences > 0 ? t('line_silences', { count: silences }) : '',
    promiseSentence(history, say),
  ]
    .filter(Boolean)
    .join(' ')
}
