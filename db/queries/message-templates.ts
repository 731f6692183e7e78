import { eq, sql } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { messageTemplates } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type TemplateRow = typeof messageTemplates.$inferSelect

/** Every template that was written or changed here. */
export const writtenTemplates = (reader: Reader): Promise<TemplateRow[]> => reader.select().from(messageTemplates)

/** Nobody else adds or changes a template until the transaction ends, so that names and keys stay unique among all. */
export const lockTemplates = (tx: Transaction) =>
  tx.execute(sql`lock table message_templates in share row exclusive mode`)

/** Writes a template, in the place of the one with its id. */
export async function keepTemplate(tx: Transaction, row: TemplateRow): Promise<void> {
  const { id: _, key: __, createdAt: ___, ...words } = row
  await tx.insert(messageTemplates).values(row).onConflictDoUpdate({ target: messageTemplates.id, set: words })
}

export async function dropTemplate(tx: Transaction, id: string): Promise<void> {
  await tx.delete(messageTemplates).where(eq(messageTemplates.id, id))
}
