import { and, eq } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { composerDrafts } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type Draft = typeof composerDrafts.$inferSelect

const theOne = (personId: string, form: string) =>
  and(eq(composerDrafts.personId, personId), eq(composerDrafts.form, form))

/** What a person typed into a form and has not posted yet. */
export async function draftOf(reader: Reader, personId: string | null, form: string): Promise<Draft | null> {
  if (personId === null) return null
  const [row] = await reader.select().from(composerDrafts).where(theOne(personId, form))
  return row ?? null
}

/** Keeps what was typed; what was kept before is replaced. */
export const keepDraft = (db: Pick<Transaction, 'insert'>, draft: Draft) =>
  db
    .insert(composerDrafts)
    .values(draft)
    .onConflictDoUpdate({
      target: [composerDrafts.personId, composerDrafts.form],
      set: { fields: draft.fields, savedAt: draft.savedAt },
    })

/** What was typed has been posted: there is no draft of it any more. */
export async function dropDraft(db: Pick<Transaction, 'delete'>, personId: string | null, form: string): Promise<void> {
  if (personId !== null) await db.delete(composerDrafts).where(theOne(personId, form))
}
