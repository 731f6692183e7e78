import { and, eq, isNull, or, sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { apiKeys, people } from '../../db/schema.ts'
import type { Actor } from '../actions/acting.ts'
import type { Person } from '../actions/add-person.ts'
import { tokenHash } from '../actions/link-token.ts'
import { Refusal } from '../domain/refusal.ts'
import { covers, readsBriefings } from '../domain/role.ts'
import type { Access } from './route.ts'
import type { World } from './world.ts'

/** Somebody outside. */
export const somebody = (ip: string): Actor => ({
  kind: 'public',
  id: null,
  personId: null,
  name: 'public',
  role: null,
  ip,
})

/** A person as actor. */
export const actorOf = (person: Person, ip: string | null): Actor => ({
  kind: 'person',
  id: person.id,
  personId: person.id,
  name: person.name,
  role: person.role,
  ip,
})

/** Who asks: the holder of a key (Authorization: Bearer), the person of a session, or somebody outside. */
export async function authenticate(world: World, request: Request, ip: string): Promise<Actor> {
  const header = request.headers.get('authorization')
  if (header !== null) return byKey(world.db, header, ip)
  if (!request.headers.has('cookie')) return somebody(ip)
  const person = await world.identity.person(request)
  return person ? actorOf(person, ip) : somebody(ip)
}

async function byKey(db: Database, header: string, ip: string): Promise<Actor> {
  const key = /^Bearer (sitrep_[\w-]{20,100})$/i.exec(header)?.[1]
  const found = key ? await keyRow(db, key) : undefined
  if (!found) throw new Refusal('unauthenticated', 'This key is not valid; it may have been revoked.')
  await touch(db, found.id)
  return { kind: 'key', id: found.id, personId: found.personId, name: found.name, role: found.role, ip }
}

/** A key of a person who was switched off no longer works. */
async function keyRow(db: Database, key: string) {
  const [row] = await db
    .select({ id: apiKeys.id, name: apiKeys.name, role: apiKeys.role, personId: apiKeys.personId })
    .from(apiKeys)
    .leftJoin(people, eq(people.id, apiKeys.personId))
    .where(
      and(eq(apiKeys.hash, tokenHash(key)), isNull(apiKeys.revokedAt), or(isNull(people.id), eq(people.active, true))),
    )
  return row
}

/** When a key was last used, to the minute: a row written at every request would be a lock at every request. */
const touch = (db: Database, id: string) =>
  db
    .update(apiKeys)
    .set({ lastUsedAt: sql`sitrep_now()` })
    .where(
      and(
        eq(apiKeys.id, id),
        sql`(${apiKeys.lastUsedAt} is null or ${apiKeys.lastUsedAt} < sitrep_now() - interval '1 minute')`,
      ),
    )

/** Refuses whoever a route is not for. */
export function authorise(actor: Actor, access: Access): void {
  if (access === 'anyone') return
  if (actor.role === null) throw new Refusal('unauthenticated', 'Sign in, or send a key as Authorization: Bearer.')
  if (access === 'signed_in') return
  const [allowed, needed] =
    access === 'briefed' ? [readsBriefings(actor.role), 'executive or commander'] : [covers(actor.role, access), access]
  if (!allowed) throw new Refusal('forbidden', `This needs the role ${needed}; yours is ${actor.role}.`)
}
