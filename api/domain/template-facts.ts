import { badness, type ComponentStatus } from './component.ts'
import { HOUR, MINUTE } from './duration.ts'
import { printedTime } from './times.ts'

/** What we know of an incident, by the name that a template has for it; said in words on the screen that edits templates. */
export const INCIDENT_FACTS = [
  'title',
  'organisation',
  'component',
  'components',
  'started_at',
  'duration',
  'next_update_at',
] as const
export type IncidentFact = (typeof INCIDENT_FACTS)[number]

/** What we know of planned work. */
export const MAINTENANCE_FACTS = ['title', 'organisation', 'window', 'starts_at', 'ends_at'] as const
export type MaintenanceFact = (typeof MAINTENANCE_FACTS)[number]

/** Only where something is promised is there a time to name. */
export const PROMISED_FACT: IncidentFact = 'next_update_at'

export interface KnownOfIncident {
  title: string
  organisation: string
  components: readonly { name: string; status: ComponentStatus }[]
  startedAt: Date
}

/** What stays as it is while somebody writes. With no component named it is the organisation as a whole that is meant. */
export function lastingFacts({ title, organisation, components, startedAt }: KnownOfIncident, now: Date) {
  const worstFirst = components.toSorted((one, other) => badness(other.status) - badness(one.status))
  const names = worstFirst.length > 0 ? worstFirst.map(({ name }) => name) : [organisation]
  return {
    title,
    organisation,
    component: names[0]!,
    components: new Intl.ListFormat('en').format(names),
    started_at: timeWords(startedAt, now),
  } satisfies Partial<Record<IncidentFact, string>>
}

/** What is true at the moment of speaking alone: how long it has lasted, and when we speak again where that is promised. */
export function momentaryFacts(startedAt: Date, dueAt: Date | null, now: Date) {
  return {
    duration: lengthWords(now.getTime() - startedAt.getTime()),
    ...(dueAt && { next_update_at: timeWords(dueAt, now) }),
  } satisfies Partial<Record<IncidentFact, string>>
}

/** What we know of planned work at `now`. */
export function maintenanceFacts(
  { title, scheduledFor, scheduledUntil }: { title: string; scheduledFor: Date; scheduledUntil: Date },
  organisation: string,
  now: Date,
) {
  return {
    title,
    organisation,
    window: windowWords(scheduledFor, scheduledUntil, now),
    starts_at: timeWords(scheduledFor, now),
    ends_at: timeWords(scheduledUntil, now),
  } satisfies Record<MaintenanceFact, string>
}

/** `Sun 15 Nov 2026, 14:00 to 16:00 UTC`. */
function windowWords(from: Date, until: Date, now: Date): string {
  const [starts, ends] = [printedTime(from, now), printedTime(until, now)]
  if (starts.date === ends.date) return `${starts.date}, ${starts.clock} to ${ends.clock} UTC`
  return `${starts.date}, ${starts.clock} UTC to ${ends.date}, ${ends.clock} UTC`
}

/** `14:45 UTC`, with the day before it where that is another. */
function timeWords(at: Date, now: Date): string {
  const { clock, date, other_day } = printedTime(at, now)
  return other_day ? `${date}, ${clock} UTC` : `${clock} UTC`
}

/** `less than a minute`, `47 min`, `3 h`, `3 h 5 min`. */
function lengthWords(length: number): string {
  const hours = Math.floor(length / HOUR)
  const minutes = Math.floor((length % HOUR) / MINUTE)
  if (hours === 0 && minutes < 1) return 'less than a minute'
  return [hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`].filter(Boolean).join(' ')
}
