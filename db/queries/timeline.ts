import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { timelineEntries } from '../schema.ts'

type Entry = typeof timelineEntries.$inferInsert

/** Adds a line to an incident's internal timeline. */
export async function addToTimeline(tx: Transaction, entry: Omit<Entry, 'id'>): Promise<void> {
  await tx.insert(timelineEntries).values({ id: newId(), ...entry })
}
