import { execFile } from 'node:child_process'
import { access, chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { databaseClock } from '../../api/clock.ts'
import { isAlive } from '../../db/embedded/postmaster-file.ts'
import { components } from '../../db/schema.ts'
import { actingAs, setUpNorthwind, somePerson } from '../support/acting.ts'
import { asRoot, dataFolder } from '../support/data-folder.ts'
import {
  besides,
  type Entry,
  postmasterOf,
  refusedEntry,
  type Settings,
  spawnEntry,
  startEntry,
} from '../support/entry.ts'
import { listeningPorts } from '../support/listening.ts'
import { freePort } from '../support/port.ts'

/** A start takes two seconds, but not on a machine that has a hundred other tests to run. */
vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 })
const PATIENTLY = { timeout: 60_000, interval: 50 }
const WATCH = ['--import', join(import.meta.dirname, '../support/watch-connections.mjs')]
const run = promisify(execFile)

const running: Entry[] = []
afterEach(async () => {
  for (const entry of running.splice(0)) await entry.end('SIGKILL')
})

async function start(dataDir: string, settings: Settings = {}, nodeOptions: string[] = []): Promise<Entry> {
  const entry = await startEntry(dataDir, settings, nodeOptions)
  running.push(entry)
  return entry
}

/** Somebody who writes through the door without pause, and remembers what was promised to be kept. */
async function writer(dataDir: string) {
  const { db } = besides(dataDir)
  await setUpNorthwind(db)
  await somePerson(db, 'admin', 'Ada')
  const { key } = await makeKey(actingAs(db, databaseClock), { name: 'writer', role: 'admin' })
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const kept: string[] = []
  let tries = 0
  /** Tries one write; answers the HTTP status, 0 without an answer. */
  const write = async ({ url }: Entry): Promise<number> => {
    tries += 1
    const body = JSON.stringify({ name: `Component ${tries}` })
    const answer = await fetch(`${url}/api/v1/components`, { method: 'POST', headers, body }).catch(() => null)
    const id = answer?.status === 201 && ((await answer.json().catch(() => null)) as { id: string } | null)?.id
    if (id) kept.push(id)
    return answer?.status ?? 0
  }
  return {
    write,
    /** Writes until a write fails. */
    async untilItFails(entry: Entry): Promise<void> {
      while ((await write(entry)) === 201);
    },
    /** Resolves when so many writes have been answered. */
    answered: (count: number) => vi.waitUntil(() => kept.length >= count, PATIENTLY),
    /** Everything that was answered is there. */
    async expectNothingLost(): Promise<void> {
      const there = (await db.select({ id: components.id }).from(components)).map(({ id }) => id)
      expect(there).toEqual(expect.arrayContaining(kept))
    },
  }
}

async function expectNoDatabase(dataDir: string, postmaster: number): Promise<void> {
  expect(await postmasterOf(dataDir)).toBeNull()
  // Its number goes when whoever inherits the dead process has read how it ended.
  await vi.waitUntil(() => !isAlive(postmaster), PATIENTLY)
}

async function runningPostmaster(dataDir: string): Promise<number> {
  const pid = await postmasterOf(dataDir)
  expect(pid).not.toBeNull()
  return pid!
}

const isReady = async ({ url }: Entry) => expect((await fetch(`${url}/readyz`)).status).toBe(200)

describe('the service, started as people start it', () => {
  it('prints the setup line until somebody has set up, and starts again from what it left', async () => {
    const dataDir = await dataFolder()
    const first = await start(dataDir)
    expect(first.printed()).toMatch(/^Set up: http:\/\/localhost:\d+\/setup\?token=\S+$/m)
    expect(first.printed()).toContain(`page ${first.url}/ · console ${first.url}/console`)
    const { write, expectNothingLost } = await writer(dataDir)
    expect(await write(first)).toBe(201)
    expect(await first.end('SIGINT')).toEqual({ code: 0, signal: null })
    const second = await start(dataDir)
    expect(second.printed()).not.toContain('Set up:')
    await expectNothingLost()
  })

  it('stops everything on Ctrl-C and on SIGTERM: no process, no lock, no port', async () => {
    const dataDir = await dataFolder()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const service = await start(dataDir)
      const postmaster = (await postmasterOf(dataDir))!
      expect(isAlive(postmaster)).toBe(true)
      expect(await service.end(signal)).toEqual({ code: 0, signal: null })
      await expectNoDatabase(dataDir, postmaster)
      await expect(fetch(`${service.url}/healthz`)).rejects.toThrow()
    }
  })

  it('takes a Ctrl-C that arrives twice, from the terminal and by way of npm, for one', async () => {
    const dataDir = await dataFolder()
    const service = await start(dataDir)
    const postmaster = (await postmasterOf(dataDir))!
    process.kill(service.pid, 'SIGINT')
    expect(await service.end('SIGINT')).toEqual({ code: 0, signal: null })
    await expectNoDatabase(dataDir, postmaster)
  })

  it('leaves nothing behind when Ctrl-C comes while it is starting', async () => {
    const dataDir = await dataFolder()
    const { end } = spawnEntry({ DATA_DIR: dataDir, PORT: String(await freePort()) })
    const postmaster = await vi.waitFor(() => runningPostmaster(dataDir), { timeout: 60_000, interval: 5 })
    expect(await end('SIGINT')).toEqual({ code: 0, signal: null })
    await expectNoDatabase(dataDir, postmaster)
  })

  it('loses no answered write to a kill -9 of the process, and leaves no stale lock', async () => {
    const dataDir = await dataFolder()
    const service = await start(dataDir)
    const { answered, untilItFails, expectNothingLost } = await writer(dataDir)
    const writing = untilItFails(service)
    await answered(10)
    await service.end('SIGKILL')
    await writing
    const again = await start(dataDir)
    await expectNothingLost()
    await vi.waitFor(() => isReady(again), PATIENTLY)
  })

  it('gets its database back by itself after a kill -9 of that, and writes again', async () => {
    const dataDir = await dataFolder()
    const service = await start(dataDir)
    const { answered, write, untilItFails, expectNothingLost } = await writer(dataDir)
    const writing = untilItFails(service)
    await answered(10)
    const killed = (await postmasterOf(dataDir))!
    process.kill(killed, 'SIGKILL')
    await writing
    await vi.waitFor(async () => expect(await write(service)).toBe(201), PATIENTLY)
    expect(await postmasterOf(dataDir)).not.toBe(killed)
    await expectNothingLost()
    await vi.waitFor(() => isReady(service), PATIENTLY)
    expect(await service.end('SIGINT')).toEqual({ code: 0, signal: null })
  })

  it('starts again after a kill -9 of process and database together', async () => {
    const dataDir = await dataFolder()
    const service = await start(dataDir)
    const { answered, untilItFails, expectNothingLost } = await writer(dataDir)
    const writing = untilItFails(service)
    await answered(10)
    process.kill((await postmasterOf(dataDir))!, 'SIGKILL')
    await service.end('SIGKILL')
    await writing
    await start(dataDir)
    await expectNothingLost()
  })

  it('refuses a second server on the same data folder, and the first goes on', async () => {
    const dataDir = await dataFolder()
    const first = await start(dataDir)
    const second = await refusedEntry({ DATA_DIR: dataDir, PORT: String(await freePort()) })
    expect(second.code).toBe(1)
    expect(second.printed).toContain(`${dataDir} is in use: sitrep service ${first.pid}`)
    await isReady(first)
  })

  it('connects to nothing outside this machine while it starts', async () => {
    const outside = "require('node:net').connect(9, '192.0.2.1').on('error', () => {})"
    expect((await run(process.execPath, [...WATCH, '-e', outside])).stderr).toBe('LEAVES: 192.0.2.1\n')
    const service = await start(await dataFolder(), {}, WATCH)
    await fetch(`${service.url}/`)
    await service.end('SIGINT')
    expect(service.printed()).not.toContain('LEAVES')
  })

  it.runIf(process.platform === 'linux')('listens on its own port and no other, its database on none', async () => {
    const dataDir = await dataFolder()
    const service = await start(dataDir)
    const postmaster = (await postmasterOf(dataDir))!
    expect(await listeningPorts([postmaster])).toEqual([])
    expect(await listeningPorts([service.pid])).toEqual([Number(new URL(service.url).port)])
  })
})

/** A screen of a terminal, in lines. */
const SCREEN = 24

describe('a service that cannot start', () => {
  it('names a taken port, before anything else is begun', async () => {
    const dataDir = await dataFolder()
    const other = createServer()
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    )
    const { code, printed } = await refusedEntry({ DATA_DIR: dataDir, PORT: String(port) })
    other.close()
    expect({ code, printed }).toEqual({
      code: 1,
      printed: `Sitrep does not start.\nPort ${port} on 127.0.0.1 is taken by another program. Stop it, or set PORT to a free port.\n`,
    })
    await expect(access(dataDir)).rejects.toThrow()
  })

  it('names a data folder that cannot be written', async () => {
    const dataDir = await forbiddenFolder()
    const { code, printed } = await refusedEntry({ DATA_DIR: dataDir, PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(printed).toMatch(/^Sitrep does not start\.\n[^\n]*Set DATA_DIR to a folder that can be written\.\n$/)
    expect(printed).toContain(dataDir)
  })

  it('names a file where the data folder should be', async () => {
    const file = await dataFolder()
    await writeFile(file, '')
    const { code, printed } = await refusedEntry({ DATA_DIR: file, PORT: String(await freePort()) })
    expect({ code, printed }).toEqual({
      code: 1,
      printed: `Sitrep does not start.\n${file} is no folder. Set DATA_DIR to a folder, or to a new path.\n`,
    })
  })

  it('names a database that lets nobody in', async () => {
    const port = await freePort()
    const { code, printed } = await refusedEntry({
      DATA_DIR: await dataFolder(),
      DATABASE_URL: `postgres://sitrep@127.0.0.1:${port}/sitrep`,
      SECRET: 'a secret for tests that is long enough to be one',
    })
    expect(code).toBe(1)
    expect(printed).toMatch(/^Sitrep does not start\.\nThe database of DATABASE_URL does not let us in: [^\n]+\n$/)
  })

  it('names all bad settings at once, on one screen', async () => {
    const dataDir = await dataFolder()
    const { code, printed } = await refusedEntry({
      DATA_DIR: dataDir,
      PORT: 'eighty',
      PUBLIC_URL: 'status',
      API_URL: 'http://status.example.com',
      SMTP_URL: 'mail.example.com',
      ROLES: 'web,watch',
      TWILIO_ACCOUNT_SID: 'AC1',
    })
    expect(code).toBe(1)
    for (const name of ['PORT', 'PUBLIC_URL', 'API_URL', 'SMTP_URL', 'ROLES', 'TWILIO_AUTH_TOKEN'])
      expect(printed).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(printed.split('\n').length).toBeLessThan(SCREEN)
    await expect(access(dataDir)).rejects.toThrow()
  })

  it('takes down the database that it had started when a later step fails', async () => {
    const dataDir = await dataFolder()
    await mkdir(dataDir, { recursive: true })
    await writeFile(join(dataDir, 'site'), 'not a folder')
    const { code, printed } = await refusedEntry({ DATA_DIR: dataDir, PORT: String(await freePort()) })
    expect(code).toBe(1)
    expect(printed).toContain('site')
    expect(await postmasterOf(dataDir)).toBeNull()
    expect((await readdir(join(dataDir, 'postgres'))).filter((name) => name.startsWith('cluster.'))).toEqual([])
  })
})

/** A data folder that this user may not make: root may write everywhere but where the system has no place for it. */
async function forbiddenFolder(): Promise<string> {
  if (asRoot) return '/proc/sitrep'
  const dataDir = await dataFolder()
  await chmod(dirname(dataDir), 0o555)
  return dataDir
}
