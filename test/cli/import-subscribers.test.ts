import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { importSubscribersCommand } from '../../api/cli/subscribers.ts'
import { readConfig } from '../../api/config.ts'
import { subscribers } from '../../db/schema.ts'
import { actingAs } from '../support/acting.ts'
import { dataFolder } from '../support/data-folder.ts'
import { testDatabase } from '../support/database.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock } = await testDatabase()
const folder = join(await dataFolder(), '..')
const config = readConfig({ DATA_DIR: folder })
const run = (values: Record<string, boolean>, ...positionals: string[]) =>
  importSubscribersCommand.run(actingAs(db, clock), { values, positionals }, { config, db })
const consent = { consent_at: '2026-01-01T00:00:00Z', consent_source: 'crm' }
const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ channel: 'email', address: `reader${at}@customer.example`, ...consent }))

it('an import needs a file that can be read', async () => {
  await expect(run({})).rejects.toThrow('Say which file.')
  expect(await refusedAs(run({}, join(folder, 'missing.csv')))).toEqual(['invalid'])
  expect(await refusedAs(run({}, folder))).toEqual(['invalid'])
})

it('an import takes more rows than a batch holds, and says what it did and what it did not', async () => {
  const file = join(folder, 'readers.json')
  await writeFile(file, JSON.stringify([...rows(1_234), { channel: 'fax', address: '1' }]))
  const dry = await run({ 'dry-run': true }, file)
  expect(dry.text).toContain('1234 created, 0 updated, 0 asked to confirm, 1 skipped. Nothing was changed')
  expect(await db.$count(subscribers)).toBe(0)
  const { text, json, failed } = await run({}, file)
  expect(failed).toBe(false)
  expect(json).toMatchObject({ created: 1_234, updated: 0, pending: 0, skipped: 1 })
  expect(text).toContain('row 1235: invalid_value: channel: Use email, sms or webhook.')
  expect(await db.$count(subscribers)).toBe(1_234)
  expect((await run({}, file)).json).toMatchObject({ created: 0, updated: 1_234 })
})

it('an import of which no row could be taken has failed', async () => {
  const file = join(folder, 'none.csv')
  await writeFile(file, 'channel,address\nfax,1\n')
  expect((await run({}, file)).failed).toBe(true)
})
