/**
 * `npm run bench`: what things cost on this machine, each beside its limit; ratios are of figures measured in one run.
 * `npm run bench -- publishing` runs the parts named.
 */
import { consoleRows } from './console.ts'
import { deliveringRows } from './delivering.ts'
import { postingRows } from './posting.ts'
import { publishingRows } from './publishing.ts'
import type { Row } from './row.ts'
import { silenceRows } from './silence.ts'
import { urgentRows } from './urgent.ts'

const PARTS: Record<string, () => Promise<Row[]>> = {
  publishing: publishingRows,
  posting: postingRows,
  delivering: deliveringRows,
  urgent: urgentRows,
  silence: silenceRows,
  console: consoleRows,
}

const wanted = process.argv.slice(2)
for (const [name, measure] of Object.entries(PARTS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  process.stdout.write(`\n${name}\n\n| what | figure | limit |\n| --- | --: | --: |\n`)
  for (const { what, figure, limit } of await measure()) process.stdout.write(`| ${what} | ${figure} | ${limit} |\n`)
}
