import type { Role } from './role.ts'
import type { Form, Shell } from './screen-parts.ts'

/** What the console's screens about the organisation itself are handed. Conventions as in `screens.ts`. */

export interface OrganisationScreen {
  shell: Shell
  /** name, short_name, support_url, postal_address, time_zone, terms_url, privacy_url. */
  changing: Form
}

export interface KeyRow {
  id: string
  name: string
  /** The first characters of the key, so that people can tell keys apart. */
  prefix: string
  role: Role
  /** Who it acts for; null when it acts for nobody. */
  person: string | null
  madeAt: string
  lastUsedAt: string | null
  revokedAt: string | null
}

export interface KeysScreen {
  shell: Shell
  keys: KeyRow[]
  moreUrl: string | null
  /** name, role. */
  making: Form
  /** The key that has just been made: shown once. */
  made: { name: string; key: string } | null
}

export interface AuditRow {
  at: string
  /** Null when it was not a person and has no name. */
  actor: string | null
  actorKind: string
  /** Such as `update.published`. */
  action: string
  subject: { kind: string; id: string | null }
  /** What changed, by field; null where it was not told. */
  changes: { field: string; before: string | null; after: string | null }[]
  ip: string | null
}

export interface AuditScreen {
  shell: Shell
  /** Newest first. */
  acts: AuditRow[]
  olderUrl: string | null
}
