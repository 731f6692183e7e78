import { Readable } from 'node:stream'
import type { Database } from '../client.ts'
import { columnsIn, keptTables, quoted } from './tables.ts'
import { openReading } from './take.ts'

/** What opens a door, or would help to: nobody needs it elsewhere, and a file that is read by many must not hold it. */
const WITHHELD: Record<string, readonly string[]> = {
  accounts: ['password', 'access_token', 'refresh_token', 'id_token'],
  alert_sources: ['hash', 'sealed_secret'],
  api_keys: ['hash'],
  confirmations: ['webhook_secret', 'nonce', 'token_hash'],
  webhook_endpoints: ['secret', 'old_secret'],
}

/** One table of an export, as lines of JSON. */
export interface ExportedTable {
  table: string
  lines: Readable
}

/**
 * Yields every table with all its rows, of one instant, while everybody works on. Each row is one line of JSON that names
 * its columns; credentials are left out. A table's lines are to be read to their end before the next is asked for.
 */
export async function* exportTables(db: Database): AsyncGenerator<ExportedTable> {
  const reading = await openReading(db)
  try {
    const columns = await columnsIn(reading.tx)
    for (const table of keptTables().filter((each) => columns.has(each))) {
      const shown = columns.get(table)!.filter((column) => !WITHHELD[table]?.includes(column))
      yield { table, lines: Readable.from(reading.copy(asJsonLines(table, shown))) }
    }
    await reading.done()
  } finally {
    reading.abandon()
  }
}

/** JSON has no raw control characters, so that with these two for its marks CSV leaves every line as it is. */
const asJsonLines = (table: string, columns: readonly string[]): string =>
  `(select row_to_json(its.*) from (select ${columns.map(quoted).join(', ')} from ${quoted(table)} order by 1) as its)
   to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`
