import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { replayCommand } from '../../api/cli/replay.ts'
import { readConfig } from '../../api/config.ts'
import { actingAs } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { history, told } from '../support/histories.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const folder = join(await dataFolder(), '..')
const run = (...positionals: string[]) =>
  replayCommand.run(actingAs(db, clock), { values: {}, positionals }, { config: readConfig({ DATA_DIR: folder }), db })

it('a replay needs a file that can be read', async () => {
  await expect(run()).rejects.toThrow('Say which file.')
  expect(await refusedAs(run(join(folder, 'missing.jsonl')))).toEqual(['invalid'])
})

it('a replay prints what it has played, for people and for machines', async () => {
  const file = join(folder, 'histories.jsonl')
  const late = [told('10:00', 'investigating'), told('11:01', 'resolved')]
  const work = [told('10:00', 'scheduled'), told('11:00', 'in progress'), told('12:00', 'completed')]
  const lines = [
    history({ id: 'a', updates: late }),
    history({ id: 'b' }),
    history({ id: 'c', impact: 'maintenance', updates: work }),
  ]
  await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  const { text, json, failed } = await run(file)
  expect(failed).toBeFalsy()
  expect(text.replace(/[\d.]+ s/, 'n s').split('\n')).toEqual([
    '2 incidents with 4 updates',
    '1 maintenances with 3 updates',
    '2 promises: 1 kept, 1 late',
    '  SEV3  2 incidents, 2 promises: 1 kept, 1 late',
    'Played in n s.',
  ])
  expect(json).toEqual({
    incidents: 2,
    updates: 4,
    maintenances: 1,
    maintenance_updates: 3,
    promises: { SEV3: { made: 2, kept: 1, late: 1 } },
    seconds: expect.any(Number),
  })
})
