import { FAULTS } from './faults.ts'
import type { Run } from './play.ts'

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

const COLUMNS: readonly [name: string, of: (runs: readonly Run[]) => number | string][] = [
  ['fault', (runs) => runs[0]!.fault],
  ['runs', (runs) => runs.length],
  ['messages', (runs) => sum(runs.map(({ messages }) => messages))],
  ['lost', (runs) => sum(runs.map(({ lost }) => lost.length))],
  ['left unknown or expired', (runs) => sum(runs.map(({ left }) => left))],
  [
    'mail repeats (allowed)',
    (runs) => `${sum(runs.map((run) => run.mailRepeats))} (${sum(runs.map((run) => run.mailRepeatsAllowed))})`,
  ],
  ['most in a run', (runs) => Math.max(...runs.map(({ mailRepeats }) => mailRepeats))],
  ['SMS repeats', (runs) => sum(runs.map(({ textRepeats }) => textRepeats))],
  ['out of order', (runs) => sum(runs.map(({ disorder }) => disorder.length))],
  ['seconds a run', (runs) => (sum(runs.map(({ seconds }) => seconds)) / runs.length).toFixed(1)],
]

/** What was measured, a line for each fault, as it stands in the README. */
export function tableOf(runs: readonly Run[]): string {
  const byFault = FAULTS.map(({ name }) => runs.filter(({ fault }) => fault === name)).filter((each) => each.length > 0)
  const all = runs.map((run) => ({ ...run, fault: 'all' }))
  const lines = [...byFault, ...(all.length > 0 ? [all] : [])].map((each) => COLUMNS.map(([, of]) => of(each)))
  return [COLUMNS.map(([name]) => name), COLUMNS.map(() => '---'), ...lines]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n')
}
