import { copyFile, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, it, vi } from 'vitest'
import { sitrep } from '../support/command-line.ts'
import { dataFolder } from '../support/data-folder.ts'
import { startEntry } from '../support/entry.ts'

vi.setConfig({ testTimeout: 120_000 })

const [here, there] = [await dataFolder(), await dataFolder()]
const file = join(here, '..', 'sitrep.backup.gz')
const HERE = { DATA_DIR: here }
const THERE = { DATA_DIR: there }

it('saves beside a running service, into a file that only its owner reads, whole or not at all', async () => {
  const service = await startEntry(here)
  expect((await sitrep(HERE, 'component', 'create', '--name', 'Login')).code).toBe(0)
  const { code, out } = await sitrep(HERE, 'backup', file)
  expect([code, out]).toEqual([0, expect.stringMatching(/: \d+ rows of \d+ tables, as of 20.*Keep SECRET/)])
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const unpacked = gunzipSync(await readFile(file)).toString('utf8')
  expect(JSON.parse(unpacked.split('\n')[0]!)).toMatchObject({ sitrep_backup: 1 })
  expect(unpacked).not.toContain((await readFile(join(here, 'secret'), 'utf8')).trim())
  expect((await readdir(join(here, '..'))).filter((name) => name.includes('partial'))).toEqual([])
  await service.end('SIGTERM')
})

it('refuses another secret, and a database that is in use, by name and with exit 1', async () => {
  expect(await sitrep(THERE, 'restore', file)).toMatchObject({ code: 1, err: expect.stringMatching(/another SECRET/) })
  expect(await sitrep(HERE, 'restore', file)).toMatchObject({ code: 1, err: expect.stringMatching(/is in use/) })
})

it('restores into an empty data folder without a service, and speaks again once released', async () => {
  await copyFile(join(here, 'secret'), join(there, 'secret'))
  const { code, out } = await sitrep(THERE, 'restore', file, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ rows: expect.any(Number), expired: 0, waiting: 0 })
  const service = await startEntry(there)
  expect((await fetch(`${service.url}/readyz`)).status).toBe(503)
  expect(await sitrep(THERE, 'release', '--json')).toMatchObject({ code: 0, out: '{"sent":0,"dropped":0}\n' })
  expect(
    (await sitrep(THERE, 'incident', 'open', '--title', 'It fails', '--severity', 'SEV4', '--component', 'Login')).code,
  ).toBe(0)
  await service.end('SIGTERM')
})
