import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../../db/ids.ts'
import { type Audience, audienceById } from '../../db/queries/audiences.ts'
import { audit } from '../../db/queries/audit.ts'
import { audiences } from '../../db/schema.ts'
import { oneLine } from '../domain/names.ts'
import { refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'

export const addAudienceInput = z.strictObject({
  /** Stands in the address of its page, so it never changes. */
  slug: z
    .string()
    .max(40)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'Use small letters, digits and single hyphens, such as acme-eu.' }),
  name: oneLine(80),
})

/** Names a group of people outside who may be shown more than everybody. */
export const addAudience = (acting: Acting, input: z.infer<typeof addAudienceInput>): Promise<Audience> =>
  acting.db.transaction(async (tx) => {
    const now = await acting.clock(tx)
    const [row] = await tx
      .insert(audiences)
      .values({ id: newId(), ...input, createdAt: now, updatedAt: now })
      .onConflictDoNothing({ target: audiences.slug })
      .returning()
    if (!row) throw refuseField('slug', 'taken', `There is an audience ${input.slug} already, or there was one.`)
    await audit(tx, acting.actor, {
      action: 'audience.added',
      subject: { kind: 'audience', id: row.id },
      after: { ...input },
    })
    return row
  })

export const renameAudienceInput = z.strictObject({ name: oneLine(80) })

/** Gives an audience another name; its address stays. */
export const renameAudience = (
  acting: Acting,
  id: string,
  input: z.infer<typeof renameAudienceInput>,
): Promise<Audience> =>
  acting.db.transaction(async (tx) => {
    const before = await audienceById(tx, id)
    if (!before) throw refuseMissing('audience')
    const [row] = await tx
      .update(audiences)
      .set({ name: input.name, updatedAt: await acting.clock(tx) })
      .where(eq(audiences.id, id))
      .returning()
    await audit(tx, acting.actor, {
      action: 'audience.renamed',
      subject: { kind: 'audience', id },
      before: { name: before.name },
      after: { name: input.name },
    })
    return row!
  })
