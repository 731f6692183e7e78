import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { sitrep } from '../support/command-line.ts'
import { dataFolder } from '../support/data-folder.ts'
import { startEntry } from '../support/entry.ts'

vi.setConfig({ testTimeout: 120_000 })

const dataDir = await dataFolder()
const HERE = { DATA_DIR: dataDir }
const out = join(dataDir, '..', 'sitrep-export')
const WORDS = 'A "quote", a \\n that is none,\na second line, ünï 京'

const rowsOf = async (table: string): Promise<Record<string, unknown>[]> => {
  const text = await readFile(join(out, `${table}.jsonl`), 'utf8')
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))
}

it('writes every table beside a running service: a line of JSON for each row, whatever is in it', async () => {
  const service = await startEntry(dataDir)
  const { out: key } = await sitrep(HERE, 'key', 'create', '--name', 'robot', '--role', 'admin')
  const headers = { authorization: `Bearer ${key.trim()}`, 'content-type': 'application/json' }
  const name = 'Sign-in "new" \\ old'
  await fetch(`${service.url}/api/v1/components`, { method: 'POST', headers, body: JSON.stringify({ name }) })
  await sitrep(
    HERE,
    'incident',
    'open',
    '--title',
    'It fails',
    '--severity',
    'SEV2',
    '--body',
    WORDS,
    '--component',
    `${name}=partial_outage`,
  )
  const { code, out: printed } = await sitrep(HERE, 'export', '--out', out, '--json')
  expect(code).toBe(0)
  expect(JSON.parse(printed).tables).toContainEqual({ table: 'components', file: 'components.jsonl', rows: 1 })
  expect(await rowsOf('components')).toEqual([expect.objectContaining({ name })])
  expect(await rowsOf('updates')).toEqual([expect.objectContaining({ body: WORDS })])
  await service.end('SIGTERM')
})

it('is for its owner alone, and holds nothing that opens a door', async () => {
  expect((await stat(out)).mode & 0o777).toBe(0o700)
  for (const file of await readdir(out)) expect((await stat(join(out, file))).mode & 0o777, file).toBe(0o600)
  const [key] = await rowsOf('api_keys')
  expect(key).toMatchObject({ name: 'robot', role: 'admin' })
  const columns = await Promise.all(
    (await readdir(out)).map(async (file) => Object.keys((await rowsOf(file.slice(0, -6)))[0] ?? {})),
  )
  expect(columns.flat().filter((name) => /password|secret|token|^hash$|nonce/.test(name))).toEqual([])
})

it('refuses a folder that holds anything, one that cannot be written, and no folder', async () => {
  expect(await sitrep(HERE, 'export', '--out', out)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/is not empty/),
  })
  const file = join(dataDir, '..', 'a-file')
  await writeFile(file, '')
  for (const folder of [file, join(file, 'below')])
    expect(await sitrep(HERE, 'export', '--out', folder)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cannot be written/),
    })
  expect((await sitrep(HERE, 'export')).code).toBe(2)
  await mkdir(join(dataDir, '..', 'empty'))
  expect((await sitrep(HERE, 'export', '--out', join(dataDir, '..', 'empty'))).code).toBe(0)
})
