import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { JSONParser } from '@streamparser/json'
import { parse } from 'csv-parse'
import { Refusal, refuseField } from '../domain/refusal.ts'

export const FILE_FORMATS = ['csv', 'json'] as const
export type FileFormat = (typeof FILE_FORMATS)[number]

/** One record of a file, counted from 1 without the header; `fault` where it could not even be read. */
export interface FileRecord {
  row: number
  values: Record<string, unknown>
  fault?: string
}

/** Columns that an import takes (contract section 4), and those of our own export that say nothing to it. */
const TAKEN = [
  ...['channel', 'address', 'contact', 'components', 'component_groups', 'min_severity', 'events', 'maintenance'],
  ...['locale', 'time_zone', 'quiet_from', 'quiet_to', 'consent_at', 'consent_source', 'state'],
]
export const IGNORED = [
  ...['id', 'incident_ids', 'only_followed', 'paused_until', 'confirmed_at', 'ended_at', 'consent_text_version'],
  ...['consent_ip', 'created_at', 'updated_at'],
]

/** The records of a file, one after the other: as much of it is in memory as a chunk holds. */
export const recordsIn = (path: string, format: FileFormat): AsyncIterable<FileRecord> =>
  format === 'csv' ? recordsOfCsv(path) : recordsOfJson(path)

async function* recordsOfCsv(path: string): AsyncIterable<FileRecord> {
  const skipped: FileRecord[] = []
  let row = 0
  const parser = parse({
    bom: true,
    trim: true,
    columns: knownColumns,
    skip_empty_lines: true,
    max_record_size: 64 * 1024,
    skip_records_with_error: true,
    on_skip(error) {
      row += 1
      skipped.push({ row, values: {}, fault: error?.message ?? 'This row cannot be read.' })
      return undefined
    },
    on_record(values) {
      row += 1
      return { row, values: plain(values as Record<string, string>) }
    },
  })
  // Either end that fails takes the other with it; what failed is thrown where the records are read.
  pipeline(createReadStream(path), parser, () => {})
  for await (const record of parser) {
    yield* skipped.splice(0)
    yield record
  }
  yield* skipped
}

/** What our own export put before what a spreadsheet would take for a formula comes off again (standards X10). */
const plain = (values: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, text]) => [name, text.replace(/^'(?=[=+\-@\t\r])/, '')]))

function knownColumns(header: string[]): string[] {
  const names = header.map((name) => name.toLowerCase())
  requireNames(names)
  return names
}

function requireNames(names: readonly string[]): void {
  const unknown = names.find((name) => ![...TAKEN, ...IGNORED].includes(name))
  if (unknown !== undefined)
    throw refuseField(unknown, 'unknown_field', `There is no column ${unknown} here. Use ${TAKEN.join(', ')}.`)
  const missing = ['channel', 'address'].find((name) => !names.includes(name))
  if (missing) throw refuseField(missing, 'required', `The first line has to name the column ${missing}.`)
}

/** A list of objects, or the list under `data`, as our own export writes it. */
async function* recordsOfJson(path: string): AsyncIterable<FileRecord> {
  const found: FileRecord[] = []
  let row = 0
  const parser = new JSONParser({ paths: ['$.*', '$.data.*'], keepStack: false })
  parser.onValue = ({ value, key, stack }) => {
    if (stack.length === 1 && typeof key === 'string') return
    row += 1
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value)
    found.push(
      isRecord ? { row, values: value as Record<string, unknown> } : { row, values: {}, fault: 'This is no object.' },
    )
  }
  try {
    for await (const chunk of createReadStream(path)) {
      parser.write(chunk)
      yield* found.splice(0)
    }
    if (!parser.isEnded) parser.end()
  } catch (error) {
    if (error instanceof Refusal || (error as NodeJS.ErrnoException).syscall) throw error
    throw new Refusal('malformed', 'The file is not valid JSON: use a list of objects.')
  }
  yield* found
}
