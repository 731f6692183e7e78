import type { Acting, Actor } from '../actions/acting.ts'
import { dayStart } from '../domain/days.ts'
import { DAY, MINUTE, plus } from '../domain/duration.ts'
import type { Past } from './story.ts'

/** Something that happens in a story, at its time. The ids of components and people are known when it does, by name. */
export interface Scene {
  at: Date
  play(acting: Acting, components: Map<string, string>, people: ReadonlyMap<string, Actor>): Promise<void>
}

/** When something of the story was. */
export const whenWas = (past: Past, now: Date): Date =>
  'minutes_ago' in past ? plus(now, -past.minutes_ago * MINUTE) : atClock(past.at, -past.days_ago, now)

/** A time of day, so many days from today, UTC. */
export function atClock(time: string, days: number, now: Date): Date {
  const [hours, minutes] = time.split(':').map(Number) as [number, number]
  return plus(dayStart(now), days * DAY + (hours * 60 + minutes) * MINUTE)
}

/** Components by their names. */
export const idsOf = (components: ReadonlyMap<string, string>, names: readonly string[]): string[] =>
  names.map((name) => components.get(name)!)
