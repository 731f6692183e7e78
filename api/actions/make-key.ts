import { and, eq, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { apiKeys } from '../../db/schema.ts'
import { oneLine } from '../domain/names.ts'
import { refuseMissing } from '../domain/refusal.ts'
import { ROLES } from '../domain/role.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'
import { newToken, tokenHash } from './link-token.ts'
import { requireActivePeople } from './people-in-roles.ts'

export const makeKeyInput = z.strictObject({
  name: oneLine(80),
  role: z.enum(ROLES),
  person_id: idSchema.nullable().optional(),
})
export type ApiKey = typeof apiKeys.$inferSelect

/** Makes an API key; the key itself is answered only here and kept as a hash (standards X8). */
export const makeKey = (acting: Acting, input: z.infer<typeof makeKeyInput>): Promise<{ row: ApiKey; key: string }> =>
  acting.db.transaction(async (tx) => {
    await requireActivePeople(tx, { person_id: input.person_id })
    const key = `sitrep_${newToken()}`
    const [row] = await tx
      .insert(apiKeys)
      .values({
        id: newId(),
        name: input.name,
        role: input.role,
        personId: input.person_id ?? null,
        prefix: key.slice(0, 12),
        hash: tokenHash(key),
        createdAt: await acting.clock(tx),
      })
      .returning()
    await audit(tx, acting.actor, {
      action: 'key.made',
      subject: { kind: 'key', id: row!.id },
      after: { name: input.name, role: input.role, person_id: input.person_id ?? null },
    })
    return { row: row!, key }
  })

/** Ends a key at once. */
export const revokeKey = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    const [row] = await tx
      .update(apiKeys)
      .set({ revokedAt: await acting.clock(tx) })
      .where(and(eq(apiKeys.id, id), isNull(apiKeys.revokedAt)))
      .returning()
    if (!row) throw refuseMissing('key')
    await audit(tx, acting.actor, { action: 'key.revoked', subject: { kind: 'key', id } })
  })
