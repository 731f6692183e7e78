import type { IncidentStatus } from '../../api/domain/lifecycle.ts'
import { SEVERITIES, type Severity } from '../../api/domain/severity.ts'

/**
 * The silence ladder as one would explain it to somebody: whom silence wakes, and when. It knows nothing of how the
 * service finds that out. Times are milliseconds.
 */
export interface Modelled {
  severity: Severity
  status: IncidentStatus
  spoken: boolean
  spokeAt: number
  dueAt: number | null
  seq: number
  /** What became of the stages of the present promise. */
  told: Map<string, string>
  /** Who has it or has snoozed it, under the present promise. */
  pauses: { kind: 'acknowledged' | 'snoozed'; until: number }[]
  /** Every alert that went out: the promise, the stage, the instant. */
  heard: string[]
}

/** The terms of one severity: minutes, and the ladder as stages with their distance from the promise in milliseconds. */
export interface ModelTerms {
  first: number | null
  open: number | null
  monitoring: number | null
  stages(interval: number): [string, number][]
}
export type ModelPolicy = Record<Severity, ModelTerms> & { longestPause: number }

export type Act =
  | { do: 'update'; status: IncidentStatus }
  | { do: 'reopen' }
  | { do: 'severity'; to: Severity }
  | { do: 'acknowledge' | 'snooze'; minutes: number }

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const NINE = 9 * 60 * MINUTE

const later = (now: number, minutes: number | null): number | null => (minutes === null ? null : now + minutes * MINUTE)

export const opened = (policy: ModelPolicy, severity: Severity, withWords: boolean, now: number): Modelled => {
  const born: Modelled = {
    severity,
    status: 'investigating',
    spoken: false,
    spokeAt: now,
    dueAt: later(now, policy[severity].first),
    seq: 1,
    told: new Map(),
    pauses: [],
    heard: [],
  }
  if (withWords) speak(policy, born, 'investigating', now)
  return born
}

function promise(incident: Modelled, dueAt: number | null): void {
  Object.assign(incident, { dueAt, seq: incident.seq + 1, told: new Map(), pauses: [] })
}

const silenceAllowed = ({ open, monitoring }: ModelTerms, status: IncidentStatus): number | null =>
  status === 'resolved' ? null : status === 'monitoring' ? monitoring : open

function speak(policy: ModelPolicy, incident: Modelled, status: IncidentStatus, now: number): void {
  Object.assign(incident, { status, spoken: true, spokeAt: now })
  promise(incident, later(now, silenceAllowed(policy[incident.severity], status)))
}

/** Somebody does something. Answers whether they may. */
export function act(policy: ModelPolicy, incident: Modelled, what: Act, now: number): boolean {
  const over = incident.status === 'resolved'
  switch (what.do) {
    case 'update':
      if (over) return false
      speak(policy, incident, what.status, now)
      return true
    case 'reopen':
      if (!over) return false
      speak(policy, incident, 'investigating', now)
      return true
    case 'severity':
      if (over && what.to !== incident.severity) return false
      judge(policy, incident, what.to, now)
      return true
    case 'acknowledge':
    case 'snooze': {
      const mute = what.do === 'snooze' && incident.dueAt === null
      if (over || mute || what.minutes > policy.longestPause) return false
      const kind = what.do === 'snooze' ? 'snoozed' : 'acknowledged'
      incident.pauses.push({ kind, until: now + what.minutes * MINUTE })
      return true
    }
  }
}

/** Worse: the earlier of the old promise and the new cadence, and a ladder begun anew. Better: the old promise stands. */
function judge(policy: ModelPolicy, incident: Modelled, to: Severity, now: number): void {
  const worse = SEVERITIES.indexOf(to) < SEVERITIES.indexOf(incident.severity)
  incident.severity = to
  if (!worse) return
  const terms = policy[to]
  const fresh = later(now, incident.spoken ? silenceAllowed(terms, incident.status) : terms.first)
  const old = incident.dueAt
  promise(incident, old === null || fresh === null ? (old ?? fresh) : Math.min(old, fresh))
}

/** Somebody is awake at `now` and looks: the furthest stage that has come is told, once, unless it is held back. */
export function look(policy: ModelPolicy, incident: Modelled, now: number): void {
  const [stage, dueAt] = furthest(policy, incident, now) ?? []
  if (stage === undefined || incident.told.get(stage) === 'alerted') return
  const longest = incident.pauses.toSorted((one, other) => one.until - other.until).at(-1)
  const held = longest && longest.until > now && !stage.startsWith('daily')
  if (held && incident.told.has(stage)) return
  incident.told.set(stage, held ? longest.kind : 'alerted')
  if (!held) incident.heard.push(`${incident.seq} ${stage} due ${clock(dueAt!)} told ${clock(now)}`)
}

export const clock = (time: number): string => new Date(time).toISOString().slice(8, 23)

function furthest(policy: ModelPolicy, incident: Modelled, now: number): [string, number] | undefined {
  return stagesOf(policy, incident, now).findLast(([stage, at]) => at <= now || incident.told.has(stage))
}

function stagesOf(policy: ModelPolicy, incident: Modelled, now: number): [string, number][] {
  const { dueAt, spokeAt, severity, status } = incident
  if (dueAt !== null)
    return policy[severity]
      .stages(dueAt - spokeAt)
      .map(([stage, from]): [string, number] => [stage, dueAt + from])
      .toSorted((one, other) => one[1] - other[1])
  if (severity !== 'SEV4' || status === 'resolved') return []
  const nine = Math.floor((now - NINE) / DAY) * DAY + NINE
  return nine > spokeAt ? [[`daily_${new Date(nine).toISOString().slice(0, 10)}`, nine]] : []
}

/** The instants after `now` at which something may come due: who is awake looks at every one of them. */
export function moments(policy: ModelPolicy, incident: Modelled, until: number): number[] {
  const daily = stagesOf(policy, incident, until).map(([, at]) => at)
  return [...daily, ...incident.pauses.map((pause) => pause.until)]
}
