import { randomInt } from 'node:crypto'
import { afterAll, expect, it, vi } from 'vitest'
import { afterwards } from '../support/afterwards.ts'
import { faultOf, play, type Run } from '../support/faults/play.ts'
import { openStages } from '../support/faults/stages.ts'
import { tableOf } from '../support/faults/table.ts'

/** Runs of all kinds are played side by side, and each is waited for in its turn. */
vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 120_000 })

/** `SEED=… vitest run test/faults/delivery.test.ts` plays one run again; `FAULT_RUNS=…` plays so many from there on. */
const { SEED, FAULT_RUNS = SEED ? 1 : 10 } = process.env
const FIRST = Number(SEED ?? randomInt(2 ** 31 - 100_000))

const stages = openStages()
afterwards(stages.close)

const seeds = Array.from({ length: Number(FAULT_RUNS) }, (_, index) => FIRST + index)
const runs = seeds.map((seed) => ({
  seed,
  fault: faultOf(seed).name,
  played: stages.use(faultOf(seed), (stage, number) => play(seed, number, stage)),
}))
const measured: Run[] = []
for (const { seed, fault, played } of runs)
  played.then(
    (run) => {
      measured.push(run)
      process.stdout.write(`SEED=${seed} ${fault}: ${run.messages} messages in ${run.seconds.toFixed(1)} s\n`)
    },
    () => process.stdout.write(`SEED=${seed} ${fault}: failed\n`),
  )
afterAll(() => void process.stdout.write(`\n${tableOf(measured)}\n\n`))

it.each(runs)('$fault (SEED=$seed): nobody misses the last word, no text comes twice', async ({ played }) => {
  const run = await played
  expect(run).toMatchObject({ lost: [], wrongRepeats: [], textRepeats: 0, disorder: [], double: 0, strangers: 0 })
  expect(run.mailRepeats).toBeLessThanOrEqual(run.mailRepeatsAllowed)
  expect(run.mailRepeatsAllowed).toBeLessThanOrEqual(run.mostDoubtful)
})
