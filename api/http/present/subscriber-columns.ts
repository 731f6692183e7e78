import { stringify } from 'csv-stringify/sync'
import type { Subscriber } from '../../../db/queries/subscribers.ts'
import { subscriberJson } from './subscriber.ts'

/** A subscriber as the columns of an export: those that an import takes among them, so that it can be taken again. */
export function subscriberColumns(row: Subscriber) {
  const { quiet_hours, consent, ...rest } = subscriberJson(row)
  return {
    ...rest,
    quiet_from: quiet_hours?.from ?? null,
    quiet_to: quiet_hours?.to ?? null,
    consent_at: consent.at,
    consent_source: consent.source,
    consent_text_version: consent.text_version,
    consent_ip: consent.ip,
  }
}

/** Rows as CSV (RFC 4180), with an apostrophe before what a spreadsheet would take for a formula (standards X10). */
export const csvOf = (rows: readonly Subscriber[], header: boolean): string =>
  stringify(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(subscriberColumns(row)).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(';') : value,
        ]),
      ),
    ),
    {
      header,
      columns: COLUMNS,
      escape_formulas: true,
      record_delimiter: 'windows',
      cast: { boolean: String },
    },
  )

const COLUMNS = [
  ...['id', 'channel', 'address', 'state', 'components', 'component_groups', 'min_severity', 'events', 'maintenance'],
  ...['incident_ids', 'only_followed', 'locale', 'time_zone', 'quiet_from', 'quiet_to', 'paused_until', 'confirmed_at'],
  ...['ended_at', 'consent_at', 'consent_source', 'consent_text_version', 'consent_ip', 'created_at', 'updated_at'],
]
