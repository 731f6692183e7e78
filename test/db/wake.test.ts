import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listen, WAKES, wake } from '../../db/queries/wake.ts'
import { testDatabase } from '../support/database.ts'
import { soon } from '../support/storytelling.ts'

const { db } = await testDatabase()
const heard: string[] = []
let deaf = async () => {}
beforeAll(async () => {
  deaf = await listen(db, (what) => heard.push(what))
})
afterAll(() => deaf())

it('who begins to listen looks at everything once', () => {
  expect(heard.splice(0)).toEqual([...WAKES])
})

it('a wake is heard when its transaction commits, and not where it is taken back', async () => {
  await db.transaction((tx) => wake(tx, 'deliver'))
  await db
    .transaction(async (tx) => {
      await wake(tx, 'cadence')
      throw new Error('taken back')
    })
    .catch(() => {})
  await wake(db, 'publish')
  await soon(() => expect(heard).toEqual(['deliver', 'publish']))
  heard.length = 0
})

it('whoever lost the connection looks at everything again, and hears what comes then', async () => {
  await db.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %' and pid <> pg_backend_pid()`)
  await soon(() => expect(heard).toEqual([...WAKES]))
  await wake(db, 'fan_out')
  await soon(() => expect(heard.at(-1)).toBe('fan_out'))
})
