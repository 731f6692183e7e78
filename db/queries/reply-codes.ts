import { createHmac, randomInt } from 'node:crypto'
import { and, desc, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import { CODE_LENGTH, CODE_LETTERS } from '../../api/domain/reply.ts'
import { seal, unseal } from '../../api/domain/sealing.ts'
import type { Secrets } from '../../api/domain/signature.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { replyCodes } from '../schema.ts'

export type ReplyCode = typeof replyCodes.$inferSelect

/** What a code is for. */
export type Given = Pick<ReplyCode, 'announcementId' | 'personId' | 'incidentId' | 'updateSeq' | 'expiresAt'>

/** Live codes are a handful of a hundred thousand: one that is taken is met once in a blue moon, many in a row never. */
const MOST_TRIES = 20

/**
 * The code that a person answers an announcement with; made the first time that it is asked for, and the same ever after.
 * Null when it was sealed under a SECRET that is gone.
 */
export async function codeFor(db: Queryable, secrets: Secrets, given: Given): Promise<string | null> {
  await closeOutOfDate(db)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const known = await codeGiven(db, given)
    if (known) return unseal(known.sealedCode, secrets)
    const code = randomCode()
    // Whoever makes it at the same time for the other channel, or has drawn the same letters, goes before.
    await db
      .insert(replyCodes)
      .values({ ...given, id: newId(), sealedCode: seal(code, secrets), codeHash: hashesOf(secrets, code)[0]! })
      .onConflictDoNothing()
  }
  throw new Error('No code was free in twenty tries.')
}

const closeOutOfDate = (db: Queryable) =>
  db
    .update(replyCodes)
    .set({ closedAt: sql`sitrep_now()` })
    .where(and(isNull(replyCodes.closedAt), lte(replyCodes.expiresAt, sql`(select sitrep_now())`)))

async function codeGiven(db: Queryable, { announcementId, personId }: Given): Promise<ReplyCode | null> {
  const [row] = await db
    .select()
    .from(replyCodes)
    .where(and(eq(replyCodes.announcementId, announcementId), eq(replyCodes.personId, personId)))
  return row ?? null
}

const randomCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('')

/** By what a code is found without holding it: once under each secret, the signing one first. */
const hashesOf = (secrets: Secrets, code: string): string[] =>
  secrets.map((secret) => createHmac('sha256', secret).update(`sitrep/reply-code\n${code}`).digest('hex'))

/** The code that this person was given last by these letters, live or not. */
export async function codeOfPerson(
  tx: Transaction,
  secrets: Secrets,
  personId: string,
  code: string,
): Promise<ReplyCode | null> {
  const [row] = await tx
    .select()
    .from(replyCodes)
    .where(and(eq(replyCodes.personId, personId), inArray(replyCodes.codeHash, hashesOf(secrets, code))))
    .orderBy(desc(replyCodes.createdAt))
    .limit(1)
  return row ?? null
}

/** Locks a code; the second of two who use it at once sees that it has been used. */
export async function lockCode(tx: Transaction, id: string): Promise<ReplyCode> {
  const [row] = await tx.select().from(replyCodes).where(eq(replyCodes.id, id)).for('update')
  return row!
}

/** From now on it does nothing. */
export const closeCode = (tx: Transaction, id: string, now: Date) =>
  tx.update(replyCodes).set({ closedAt: now }).where(eq(replyCodes.id, id))
