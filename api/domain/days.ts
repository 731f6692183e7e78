import { DAY } from './duration.ts'

/** The UTC day of an instant, YYYY-MM-DD. */
export const utcDay = (at: Date): string => at.toISOString().slice(0, 10)

/** The UTC month of an instant, YYYY-MM. */
export const utcMonth = (at: Date): string => at.toISOString().slice(0, 7)

/** The midnight with which the UTC day of an instant begins. */
export const dayStart = (at: Date): Date => new Date(Math.floor(at.getTime() / DAY) * DAY)

/** The instants with which a month (YYYY-MM) and the one after it begin, by UTC. */
export function monthBounds(month: string): { from: Date; until: Date } {
  const from = new Date(`${month}-01T00:00:00.000Z`)
  return { from, until: new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1)) }
}

/** The months (YYYY-MM) from one instant to another, newest first; that of `until` is always among them. */
export function monthsSince(began: Date, until: Date): string[] {
  const months: string[] = []
  for (let month = utcMonth(until); month >= utcMonth(began); month = monthBefore(month)) months.push(month)
  return months.length === 0 ? [utcMonth(until)] : months
}

/** The beginning of the month that lies so many months before that of an instant, by UTC. */
export const monthsBack = (at: Date, months: number): Date =>
  new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() - months, 1))

const monthBefore = (month: string): string => utcMonth(new Date(monthBounds(month).from.getTime() - DAY))
