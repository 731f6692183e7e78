import { stat } from 'node:fs/promises'
import { importSubscribers } from '../actions/import-subscribers.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Command, positional } from './command.ts'

/** So many rows that were not taken are printed for people; with `--json` all of them are. */
const MOST_PRINTED = 50

export const importSubscribersCommand: Command = {
  name: 'import subscribers',
  usage: 'FILE [--dry-run]',
  summary: [
    'Take subscribers from a table (CSV) or a list (JSON, by its name); the first line of a table names its columns.',
    'Rows with consent_at and consent_source need no confirmation; others are asked by mail. A webhook is always asked',
    'by its challenge, and its owner may stand under contact.',
  ].join('\n      '),
  options: { 'dry-run': { type: 'boolean' } },
  async run(acting, typed) {
    const path = positional(typed, 'file')
    const known = await stat(path).catch((error: Error) => {
      throw new Refusal('invalid', `${path} cannot be read: ${error.message}`)
    })
    if (!known.isFile()) throw new Refusal('invalid', `${path} is not a file.`)
    const dryRun = typed.values['dry-run'] === true
    const format = /\.json$/i.test(path) ? 'json' : 'csv'
    const done = await importSubscribers(acting, { path, format }, dryRun)
    const { created, updated, pending, skipped, errors } = done
    const rows = errors.slice(0, MOST_PRINTED).map(({ row, code, message }) => `  row ${row}: ${code}: ${message}`)
    const more = skipped > rows.length ? [`  and ${skipped - rows.length} more`] : []
    const counts = `${created} created, ${updated} updated, ${pending} asked to confirm, ${skipped} skipped.`
    return {
      text: [dryRun ? `${counts} Nothing was changed: a dry run.` : counts, ...rows, ...more].join('\n'),
      json: done,
      failed: created + updated + pending === 0,
    }
  },
}
