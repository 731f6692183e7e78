import { createHash } from 'node:crypto'
import { and, eq, lt, sql } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { idempotencyKeys } from '../../db/schema.ts'
import type { Actor } from '../actions/acting.ts'
import { Refusal, refuseField } from '../domain/refusal.ts'
import { seal, unseal } from '../domain/sealing.ts'
import type { Secrets } from '../domain/signature.ts'

/** One request that carries an Idempotency-Key. */
export interface Repeatable {
  owner: string
  key: string
  requestHash: string
}

const KEPT = ['content-type', 'etag', 'location']

/** Reads the key of a POST; null when there is none. Refuses one that is empty or too long. */
export function repeatable(request: Request, path: string, rawBody: string, actor: Actor): Repeatable | null {
  const key = request.headers.get('idempotency-key')
  if (key === null || request.method !== 'POST') return null
  if (!/^[\x21-\x7e]{1,255}$/.test(key))
    throw refuseField('Idempotency-Key', 'invalid', 'Use 1 to 255 visible ASCII characters.')
  return { owner: `${actor.kind}:${actor.id ?? actor.ip ?? ''}`, key, requestHash: hashOf(path, rawBody) }
}

/**
 * The same for a form of somebody signed in that carries a number of its own in the field `once`: pressing its button
 * twice does it once.
 */
export function formOnce(request: Request, path: string, rawBody: string, actor: Actor): Repeatable | null {
  const once = request.method === 'POST' && actor.kind === 'person' ? new URLSearchParams(rawBody).get('once') : null
  if (once === null || !/^[a-z0-9]{12}$/.test(once)) return null
  return { owner: `form of ${actor.id ?? ''}`, key: once, requestHash: hashOf(path, rawBody) }
}

const hashOf = (path: string, rawBody: string): string =>
  createHash('sha256').update(`${path}\n${rawBody}`).digest('hex')

/**
 * Answers once: the key's row, the change and the stored answer commit together, so that neither a crash nor a second
 * request at the same moment can do it twice. The answer is kept sealed, because some hold what is shown only once. A
 * refusal stores nothing and may be tried again.
 */
export async function answerOnce(
  tx: Transaction,
  request: Repeatable,
  secrets: Secrets,
  answer: () => Promise<Response>,
): Promise<Response> {
  const { owner, key, requestHash } = request
  await tx
    .delete(idempotencyKeys)
    .where(
      and(eq(idempotencyKeys.owner, owner), lt(idempotencyKeys.createdAt, sql`sitrep_now() - interval '24 hours'`)),
    )
  const born = await tx
    .insert(idempotencyKeys)
    .values({ owner, key, requestHash })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  if (born.length === 0) return replay(tx, request, secrets)
  const response = await answer()
  if (response.status >= 400) {
    await tx.delete(idempotencyKeys).where(mine(request))
    return response
  }
  const kept = KEPT.flatMap((name) => (response.headers.has(name) ? [[name, response.headers.get(name)!]] : []))
  const body = seal(await response.clone().text(), secrets)
  await tx
    .update(idempotencyKeys)
    .set({ status: response.status, headers: Object.fromEntries(kept), body })
    .where(mine(request))
  return response
}

const mine = ({ owner, key }: Repeatable) => and(eq(idempotencyKeys.owner, owner), eq(idempotencyKeys.key, key))

async function replay(tx: Transaction, request: Repeatable, secrets: Secrets): Promise<Response> {
  const [first] = await tx.select().from(idempotencyKeys).where(mine(request))
  if (!first?.status) throw new Refusal('conflict', 'The first request with this key is still being answered.')
  if (first.requestHash !== request.requestHash)
    throw refuseField('Idempotency-Key', 'idempotency_key_reused', 'This key was used for another request.')
  const body = unseal(first.body ?? '', secrets)
  if (body === null) throw new Refusal('gone', 'This was done, but its first answer can no longer be read.')
  return new Response(first.status === 204 ? null : body, {
    status: first.status,
    headers: { ...first.headers, 'cache-control': 'no-store', 'idempotency-replayed': 'true' },
  })
}
