import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { timelineEntries } from '../schema.ts'

export type TimelineEntry = typeof timelineEntries.$inferSelect
type Entry = typeof timelineEntries.$inferInsert

/** Adds lines to the internal timelines of several incidents. */
export async function addToTimelines(tx: Transaction, entries: readonly Omit<Entry, 'id'>[]): Promise<void> {
  if (entries.length > 0) await tx.insert(timelineEntries).values(entries.map((entry) => ({ id: newId(), ...entry })))
}

/** Adds a line to an incident's internal timeline. */
export async function addToTimeline(tx: Transaction, entry: Omit<Entry, 'id'>): Promise<TimelineEntry> {
  const [row] = await tx
    .insert(timelineEntries)
    .values({ id: newId(), ...entry })
    .returning()
  return row!
}
