import { join } from 'node:path'
import type { Acting, Actor } from '../../api/actions/acting.ts'
import type { Clock } from '../../api/clock.ts'
import type { Role } from '../../api/domain/role.ts'
import { loadTemplates } from '../../api/templates.ts'
import type { Database } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { organisation, people } from '../../db/schema.ts'

export const templates = loadTemplates(join(import.meta.dirname, '../../templates'))
export const SECRETS = ['a secret for tests that is long enough to be one']
export const URLS = { site: 'https://status.northwind.example', api: 'https://sitrep.northwind.example' }

/** Somebody who acts in a test: an admin's key without a person, unless told otherwise. */
export const actingAs = (db: Database, clock: Clock, actor: Partial<Actor> = {}): Acting => ({
  db,
  clock,
  templates,
  secrets: SECRETS,
  urls: URLS,
  webhookAllow: [],
  actor: { kind: 'key', id: null, personId: null, name: 'tests', role: 'admin', ip: null, ...actor },
})

/** A member of staff with a mailbox and a phone of their own. */
export async function somePerson(
  db: Database,
  role: Role,
  name: string,
  given: Partial<typeof people.$inferInsert> = {},
) {
  const id = newId()
  const digits = String(Math.floor(Math.random() * 1e8)).padStart(8, '0')
  const [person] = await db
    .insert(people)
    .values({
      id,
      name,
      email: `${name.toLowerCase().replace(/\W+/g, '.')}.${id}@northwind.example`,
      phone: `+4915${digits}0`,
      role,
      ...given,
    })
    .returning()
  return person!
}

/** A person as actor. */
export const actorFor = (person: Awaited<ReturnType<typeof somePerson>>): Partial<Actor> => ({
  kind: 'person',
  id: person.id,
  personId: person.id,
  name: person.name,
  role: person.role,
})

/** The company of all tests: Northwind Cloud. */
export const setUpNorthwind = (db: Database) =>
  db.insert(organisation).values({
    name: 'Northwind Cloud',
    shortName: 'Northwind',
    pageId: newId(),
    supportUrl: 'mailto:support@northwind.example',
    postalAddress: '12 Harbour Street, Rotterdam',
  })
