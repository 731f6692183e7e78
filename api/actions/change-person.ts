import { and, eq, ne, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { people, sessions } from '../../db/schema.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { type Person, personFields, refuseTaken, refuseUnreachable } from './add-person.ts'

export const changePersonInput = z.strictObject({
  ...z.object(personFields).partial().shape,
  active: z.boolean().optional(),
})
export type ChangePerson = z.infer<typeof changePersonInput>

/**
 * Changes a person. A changed number or address is unproven again; losing a role or being switched off ends all
 * sessions (standards X1). The last active admin stays one.
 */
export const changePerson = (acting: Acting, id: string, input: ChangePerson): Promise<Person> =>
  acting.db.transaction(async (tx) => {
    const [before] = await tx.select().from(people).where(eq(people.id, id)).for('update')
    if (!before) throw refuseMissing('person')
    refuseUnreachable(acting, input.webhook_url)
    const returns = input.active === true && !before.active
    await refuseTaken(tx, { email: input.email, phone: input.phone ?? (returns ? before.phone : null) }, id)
    const demoted = (input.role !== undefined && input.role !== before.role) || input.active === false
    if (demoted && before.role === 'admin') await keepOneAdmin(tx, id, input)
    const now = await acting.clock(tx)
    const [after] = await tx
      .update(people)
      .set({
        name: input.name,
        email: input.email,
        emailVerified: input.email && input.email !== before.email ? false : before.emailVerified,
        phone: input.phone,
        phoneVerifiedAt: input.phone !== undefined && input.phone !== before.phone ? null : before.phoneVerifiedAt,
        webhookUrl: input.webhook_url,
        role: input.role,
        timeZone: input.time_zone,
        locale: input.locale,
        active: input.active,
        updatedAt: now,
      })
      .where(eq(people.id, id))
      .returning()
    if (demoted) await tx.delete(sessions).where(eq(sessions.userId, id))
    await audit(tx, acting.actor, {
      action: 'person.changed',
      subject: { kind: 'person', id },
      before: { name: before.name, role: before.role, active: before.active },
      after: { name: after!.name, role: after!.role, active: after!.active, fields: Object.keys(input) },
    })
    return after!
  })

async function keepOneAdmin(tx: Transaction, id: string, input: ChangePerson): Promise<void> {
  if (input.role === 'admin' && input.active !== false) return
  await tx.execute(sql`select id from people where role = 'admin' order by id for update`)
  const [other] = await tx
    .select({ id: people.id })
    .from(people)
    .where(and(eq(people.role, 'admin'), eq(people.active, true), ne(people.id, id)))
    .limit(1)
  if (!other)
    throw refuseConflict('last_admin', 'This is the last active admin; make somebody else admin first.', 'role')
}
