import type { Transaction } from '../../db/client.ts'
import type { Clock } from '../clock.ts'
import type { Role } from '../domain/role.ts'
import type { Templates } from '../templates.ts'

/** Where an action runs its transaction: the database, or an outer transaction (then it is a savepoint of that). */
export type Store = Pick<
  Transaction,
  'transaction' | 'select' | 'selectDistinct' | 'selectDistinctOn' | 'execute' | 'insert' | 'update' | 'delete'
>

/** Who acts. `key` is a program; `system` is the service itself; `public` is anybody outside. */
export interface Actor {
  kind: 'person' | 'key' | 'system' | 'public'
  /** The person's or the key's id. */
  id: string | null
  /** The person behind it: the one signed in, or the one a key belongs to. */
  personId: string | null
  name: string
  role: Role | null
  ip: string | null
}

export const SYSTEM: Actor = { kind: 'system', id: null, personId: null, name: 'Sitrep', role: null, ip: null }

/** What every action is handed: where to write, what time it is, the words, and who acts. */
export interface Acting {
  db: Store
  clock: Clock
  templates: Templates
  /** The first signs, all verify. */
  secrets: readonly string[]
  urls: { site: string; api: string }
  /** `host:port` that webhooks may reach though private or without TLS. */
  webhookAllow: readonly string[]
  actor: Actor
  /** Nobody's approval is asked: it is only looked at what a post would be, or a history is played. */
  unasked?: boolean
}
