import { z } from 'zod'
import { draftOf, keepDraft } from '../../db/queries/drafts.ts'
import { keptOf } from '../domain/briefing-form.ts'
import type { Acting } from './acting.ts'

/** A text as the database can hold it. */
const storable = z
  .string()
  .max(20_000)
  .transform((text) => text.toWellFormed().replaceAll('\0', ''))

/** What somebody typed into one of the forms that keep drafts: declaring, or the composer of an incident. */
export const draftInput = z.strictObject({
  form: z.string().regex(/^(declare|incident:[a-z0-9]{12})$/, { error: 'This form keeps no drafts.' }),
  fields: z
    .record(
      z
        .string()
        .max(80)
        .transform((name) => name.replaceAll('\0', '')),
      storable,
    )
    .refine((fields) => Object.keys(fields).length <= 500, { error: 'These are more fields than any form has.' }),
})
export type DraftInput = z.infer<typeof draftInput>

/** Keeps what the person acting has typed, so that neither a closed tab nor an ended session loses it. */
export async function keepTyped(acting: Acting, { form, fields }: DraftInput): Promise<void> {
  const { personId } = acting.actor
  if (personId === null) return
  const before = await draftOf(acting.db, personId, form)
  const kept = keptOf(fields, before?.fields ?? {})
  await keepDraft(acting.db, { personId, form, fields: kept, savedAt: await acting.clock(acting.db) })
}

/** Keeps what stands in a form that was sent, as far as it can be kept: nothing that its author could mend is refused. */
export async function keepText(acting: Acting, form: string, fields: Record<string, string>): Promise<void> {
  const draft = draftInput.safeParse({ form, fields })
  if (draft.success) await keepTyped(acting, draft.data)
}
