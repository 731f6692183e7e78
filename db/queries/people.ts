import { asc, desc, eq, getTableColumns, gt, sql } from 'drizzle-orm'
import { apiKeys, organisation, people } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** People by id, after `after`. */
export const listPeople = (reader: Reader, page: { after?: string | undefined; limit: number }) =>
  reader
    .select()
    .from(people)
    .where(page.after ? gt(people.id, page.after) : undefined)
    .orderBy(asc(people.id))
    .limit(page.limit)

export async function personById(reader: Reader, id: string) {
  const [row] = await reader.select().from(people).where(eq(people.id, id))
  return row ?? null
}

/** Keys by id, after `after`, each with the name of whom it acts for. */
export const listKeys = (reader: Reader, page: { after?: string | undefined; limit: number }) =>
  reader
    .select({ ...getTableColumns(apiKeys), personName: people.name })
    .from(apiKeys)
    .leftJoin(people, eq(people.id, apiKeys.personId))
    .where(page.after ? gt(apiKeys.id, page.after) : undefined)
    .orderBy(asc(apiKeys.id))
    .limit(page.limit)

/** The company; null before the setup. */
export async function theOrganisation(reader: Reader) {
  const [row] = await reader.select().from(organisation).limit(1)
  return row ?? null
}

/** All people by name, those who are no longer active last. */
export const staffByName = (reader: Reader) =>
  reader.select().from(people).orderBy(desc(people.active), asc(people.name), asc(people.id)).limit(500)

/** The names of all who work here now. */
export const namesOfStaff = async (reader: Reader): Promise<string[]> =>
  (await reader.select({ name: people.name }).from(people).where(eq(people.active, true))).map(({ name }) => name)

/** A person by the address of their account, in any letter case. */
export async function personByEmail(reader: Reader, email: string) {
  const [row] = await reader.select().from(people).where(sql`lower(${people.email}) = lower(${email})`)
  return row ?? null
}
