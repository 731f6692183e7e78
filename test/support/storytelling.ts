import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, expect, inject, vi } from 'vitest'
import { setPassword } from '../../api/actions/set-up.ts'
import { readConfig } from '../../api/config.ts'
import type { Role } from '../../api/domain/role.ts'
import { SEVERITIES } from '../../api/domain/severity.ts'
import { makeLog } from '../../api/log.ts'
import { startService } from '../../api/service.ts'
import { closeDatabase, openDatabase } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { subscribers } from '../../db/schema.ts'
import { SECRETS, somePerson } from './acting.ts'
import { wordsOf } from './forms.ts'
import { freePort } from './port.ts'
import type { Story } from './service.ts'
import { cookieIn, PASSWORD } from './world.ts'

/** Seconds rather than minutes, but more than a busy machine needs. */
export const SOON = { timeout: 15_000, interval: 50 }
export const soon = <T>(look: () => T | Promise<T>): Promise<T> => vi.waitFor(look, SOON) as Promise<T>

/** Somebody outside who has confirmed already; answers their id. */
export async function follow(story: Pick<Story, 'db'>, channel: 'email' | 'sms', address: string): Promise<string> {
  const id = newId()
  const confirmedAt = new Date('2026-01-01T00:00:00Z')
  await story.db.insert(subscribers).values({ id, channel, address, addressKey: address, state: 'active', confirmedAt })
  return id
}

/** What stands in a published file or on a page, as it is sent. */
export const published = async (story: Story, path: string): Promise<string> => (await story.visit(path)).text()

/** What is read on a page. */
export const pageWords = async (story: Story, path: string): Promise<string> => wordsOf(await published(story, path))

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever is published
export const publishedJson = async (story: Story, path: string): Promise<any> =>
  JSON.parse(await published(story, path))

/** A member of staff who can sign in with `PASSWORD`. */
export async function staff(story: Story, role: Role, name: string, phone?: string) {
  const person = await somePerson(story.db, role, name, phone ? { phone } : {})
  await story.db.transaction((tx) => setPassword(tx, person.id, PASSWORD))
  return person
}

/** Signs somebody in through the form, as a browser without script does; answers the cookie. */
export async function signIn(story: Story, email: string): Promise<string> {
  const answer = await post(story, '/console/sign-in', { email, password: PASSWORD }, { origin: story.url })
  expect(answer.status).toBe(303)
  return cookieIn(answer.headers)
}

/** From now on the cadence asks for no briefings, so that what is told is told of public updates alone. */
export async function askForNoBriefings(story: Pick<Story, 'api'>): Promise<void> {
  const { body } = await story.api('GET', '/cadence')
  const none = { first_briefing: null, briefing: null }
  const terms = Object.fromEntries(SEVERITIES.map((severity) => [severity, { ...body[severity], ...none }]))
  expect((await story.api('PUT', '/cadence', { ...body, ...terms })).status).toBe(200)
}

/** Posts fields as a form does. */
export const post = (
  story: Pick<Story, 'visit'>,
  path: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> =>
  story.visit(path, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  })

/** A second service on the same database, with connections, folder and port of its own; stopped after the last test. */
export async function secondService(story: Story, settings: Record<string, string>): Promise<string> {
  const [row] = await story.db.execute<{ name: string }>(sql`select current_database() as name`)
  const connection = { ...inject('testServer'), database: row!.name }
  const db = openDatabase(connection, 'the second service')
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-story-'))
  const port = await freePort()
  const base = { PORT: String(port), DATA_DIR: folder, SECRET: SECRETS.join(','), PUBLIC_URL: story.url }
  const log = makeLog('debug', { write: (line) => void story.logged.push(line) })
  const service = await startService(readConfig({ ...base, ...settings }), {
    log,
    database: { db, connection, close: () => closeDatabase(db) },
  })
  afterAll(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })
  return `http://localhost:${port}`
}
