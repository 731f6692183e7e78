import { parseArgs } from 'node:util'
import { expect, it } from 'vitest'
import { heldUpdateCommands } from '../../api/cli/held-updates.ts'
import { incidentCommands } from '../../api/cli/incidents.ts'
import { readConfig } from '../../api/config.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { actingAs, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'
import { setTerms } from '../support/holding.ts'

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

it('approves as another person than its author, or breaks the glass with a reason', async () => {
  await setTerms(actingAs(db, clock), { approval: 'PT5M' })
  const [ada, eve] = [await somePerson(db, 'commander', 'Ada'), await somePerson(db, 'viewer', 'Eve')]
  const declared = await run('open', '--title', 'Sign-in fails', '--severity', 'SEV1', '--body', 'Nobody can.')
  expect(declared.text).toMatch(/\n {2}update 1 is held; it goes out at .+Z at the latest$/)
  const { id } = declared.json as { id: string }
  expect((await json('approve', id, '--as', ada.email)).updates[0]).toMatchObject({ seq: 1, state: 'published' })
  const held = await json('update', id, '--body', 'A roll-back runs.')
  expect(held.updates[0]).toMatchObject({ state: 'held', approval: { outcome: null } })
  expect(await refused('release', id)).toMatch(/^A second person approves this update/)
  expect(await refused('approve', id, '--as', eve.email)).toBe(`Nobody who may speak is known as ${eve.email}.`)
  const approved = await json('approve', id, '--as', ada.email.toUpperCase())
  expect(approved.updates[0]).toMatchObject({ state: 'published', approval: { outcome: 'approved', by: ada.id } })

  await run('update', id, '--body', 'It runs on.')
  await expect(run('break-glass', id)).rejects.toThrow('--reason is required.')
  const broken = await json('break-glass', id, '--reason', 'Nobody is awake.')
  expect(broken.updates[0]).toMatchObject({ approval: { outcome: 'glass_broken', reason: 'Nobody is awake.' } })
  await setTerms(actingAs(db, clock), { approval: null })
})

it('refuses what no door takes, by name', async () => {
  const { id } = await json('open', '--title', 'Exports fail', '--severity', 'SEV3', '--body', 'They fail.')
  expect(await refused('update', id, '--body', 'Words.', '--hold', 'PT25H')).toMatch(/a day at most/)
  await expect(run('recall')).rejects.toThrow('Say which incident')
  expect(await refused('release', 'n0s0ch1d0000')).toBe('There is no such incident.')
})
