import { parseArgs } from 'node:util'
import { expect, it } from 'vitest'
import { heldUpdateCommands } from '../../api/cli/held-updates.ts'
import { incidentCommands } from '../../api/cli/incidents.ts'
import { readConfig } from '../../api/config.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { actingAs } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'

const { db, clock } = await testDatabase()
const COMMANDS = [...incidentCommands, ...heldUpdateCommands]

/** What `sitrep incident …` prints. */
async function run(word: string, ...args: string[]) {
  const command = COMMANDS.find(({ name }) => name === `incident ${word}`)!
  const typed = parseArgs({ args, options: command.options, allowPositionals: true })
  return command.run(actingAs(db, clock), typed, { config: readConfig({}), db })
}
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever is printed
const json = async (word: string, ...args: string[]) => (await run(word, ...args)).json as any
const refused = (word: string, ...args: string[]) =>
  run(word, ...args).then(
    () => null,
    (error: Error) => (error instanceof Refusal ? error.message : Promise.reject(error)),
  )

it('holds, recalls and releases an update by the rules of every other door', async () => {
  const words = ['--title', 'Sign-in fails', '--severity', 'SEV1', '--body', 'Nobody can sign in.']
  const { id } = await json('open', ...words)
  const held = await run('update', id, '--body', 'A typo.', '--hold', 'PT5M')
  expect(held.text).toMatch(/\n {2}update 2 is held; it goes out at .+Z at the latest$/)
  expect(await refused('update', id, '--body', 'More.')).toMatch(/^Update 2 is held/)
  const recalled = await json('recall', id)
  expect(recalled.updates).toMatchObject([
    { seq: 2, state: 'recalled', body: 'A typo.' },
    { seq: 1, state: 'published' },
  ])
  for (const word of ['recall', 'release']) expect(await refused(word, id)).toBe('No update of this incident is held.')

  await run('resolve', id, '--body', 'Everybody can sign in again.', '--hold', 'PT5M')
  const released = await json('release', id)
  expect(released).toMatchObject({ status: 'resolved', update_seq: 2 })
  expect(released.updates[0]).toMatchObject({ state: 'published', body: 'Everybody can sign in again.' })
})

it('refuses what no door takes, by name', async () => {
  const { id } = await json('open', '--title', 'Exports fail', '--severity', 'SEV3', '--body', 'They fail.')
  expect(await refused('update', id, '--body', 'Words.', '--hold', 'PT25H')).toMatch(/a day at most/)
  await expect(run('recall')).rejects.toThrow('Say which incident')
  expect(await refused('release', 'n0s0ch1d0000')).toBe('There is no such incident.')
})
