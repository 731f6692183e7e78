import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { audit } from '../../db/queries/audit.ts'
import { invitations, people, sessions } from '../../db/schema.ts'
import { password } from '../domain/password.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Acting, Store } from './acting.ts'
import { tokenHash } from './link-token.ts'
import { setPassword } from './set-up.ts'

export const acceptInvitationInput = z.strictObject({ password })

/** Who an invitation is for; refused when it is unknown, used, too old, or the person was switched off. */
export async function invitedPerson(
  acting: Pick<Acting, 'clock'>,
  store: Store,
  token: string,
): Promise<{ id: string; email: string }> {
  const [found] = await store
    .select({ id: people.id, email: people.email, active: people.active, link: invitations })
    .from(invitations)
    .innerJoin(people, eq(people.id, invitations.personId))
    .where(eq(invitations.tokenHash, tokenHash(token)))
    .for('update')
  if (!found?.active || found.link.usedAt || found.link.expiresAt <= (await acting.clock(store)))
    throw new Refusal('gone', 'This link has been used or is too old. Ask an admin for a new one.')
  return { id: found.id, email: found.email }
}

/** Sets the password of an invited person and ends every session they had. Answers the person's id. */
export const acceptInvitation = (
  acting: Acting,
  token: string,
  input: z.infer<typeof acceptInvitationInput>,
): Promise<string> =>
  acting.db.transaction(async (tx) => {
    const { id } = await invitedPerson(acting, tx, token)
    await setPassword(tx, id, input.password)
    await tx.delete(sessions).where(eq(sessions.userId, id))
    const usedAt = await acting.clock(tx)
    await tx
      .update(invitations)
      .set({ usedAt })
      .where(eq(invitations.tokenHash, tokenHash(token)))
    const actor = { ...acting.actor, kind: 'person', id }
    await audit(tx, actor, { action: 'person.password_set', subject: { kind: 'person', id } })
    return id
  })
