import { hashPassword } from 'better-auth/crypto'
import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { recordChange } from '../../db/queries/site-changes.ts'
import { accounts, organisation, people } from '../../db/schema.ts'
import { oneLine } from '../domain/names.ts'
import { password } from '../domain/password.ts'
import { Refusal } from '../domain/refusal.ts'
import { signedToken, verifySigned } from '../domain/signature.ts'
import type { Acting } from './acting.ts'
import { personFields } from './add-person.ts'
import { contact } from './change-organisation.ts'

/** What the setup page asks of the first person (contract section 4, `GET /setup`). */
export const setUpInput = z.strictObject({
  name: personFields.name,
  email: personFields.email,
  password,
  phone: personFields.phone.optional(),
  organisation: oneLine(80),
  short_name: oneLine(20).optional(),
  contact: contact.optional(),
})

/** The token of the setup line: signed, so nothing needs storing; it works until somebody has set up. */
export const setUpToken = (secrets: readonly string[]): string => signedToken('setup', 'first', secrets)

/** Whether the first person still has to come. */
export async function isSetUp(db: Pick<Acting['db'], 'select'>): Promise<boolean> {
  const [person] = await db.select({ id: people.id }).from(people).limit(1)
  return person !== undefined
}

/** Refuses a token that is not ours, or comes after the setup is done. */
export async function checkSetUpToken(acting: Acting, token: string): Promise<void> {
  if (verifySigned('setup', token, acting.secrets) !== 'first')
    throw new Refusal('not_found', 'This setup link is not valid. Use the one printed when Sitrep started.')
  if (await isSetUp(acting.db)) throw new Refusal('gone', 'Sitrep is set up already. Sign in instead.')
}

/** Makes the organisation and its first admin. Of two at once, one wins and the other is told it is done. */
export const setUp = (acting: Acting, token: string, input: z.infer<typeof setUpInput>): Promise<string> =>
  acting.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('sitrep setup'))`)
    await checkSetUpToken({ ...acting, db: tx }, token)
    const now = await acting.clock(tx)
    const personId = await firstAdmin(tx, input, now)
    await setPassword(tx, personId, input.password)
    await tx.insert(organisation).values({
      name: input.organisation,
      shortName: input.short_name ?? input.organisation.slice(0, 20).trim(),
      pageId: newId(),
      supportUrl: input.contact ?? null,
      createdAt: now,
      updatedAt: now,
    })
    await audit(
      tx,
      { ...acting.actor, kind: 'person', id: personId, name: input.name },
      {
        action: 'organisation.set_up',
        subject: { kind: 'organisation', id: null },
        after: { name: input.organisation },
      },
    )
    await recordChange(tx, { topic: 'organisation' }, now)
    return personId
  })

async function firstAdmin(tx: Transaction, input: z.infer<typeof setUpInput>, now: Date): Promise<string> {
  const [person] = await tx
    .insert(people)
    .values({
      id: newId(),
      name: input.name,
      email: input.email,
      phone: input.phone ?? null,
      role: 'admin',
      createdAt: now,
      updatedAt: now,
    })
    .returning()
  return person!.id
}

/** Stores a password's hash (scrypt, by better-auth) as the person's only one. */
export async function setPassword(tx: Transaction, personId: string, plain: string): Promise<void> {
  await tx.delete(accounts).where(eq(accounts.userId, personId))
  await tx.insert(accounts).values({
    id: newId(),
    accountId: personId,
    providerId: 'credential',
    userId: personId,
    password: await hashPassword(plain),
  })
}
