import { sql } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'

/** So many readers by mail that a message to them may be one too many. */
export const manyReaders = (db: Database, count = 1_000) =>
  db.execute(sql`
    insert into subscribers (id, channel, address, address_key, state, confirmed_at)
    select new_id(), 'email', id || '@x.test', id || '@x.test', 'active', sitrep_now()
    from (select new_id() as id from generate_series(1, ${count}::int)) as born`)
