import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { makeKey } from '../../api/actions/make-key.ts'
import { readConfig } from '../../api/config.ts'
import type { Role } from '../../api/domain/role.ts'
import { makeLog } from '../../api/log.ts'
import { type Service, startService } from '../../api/service.ts'
import type { Connection } from '../../db/client.ts'
import { wake } from '../../db/queries/wake.ts'
import { actingAs, SECRETS, setUpNorthwind } from './acting.ts'
import { testDatabase } from './database.ts'
import { freePort } from './port.ts'

/** A whole service on loopback, with a database and a clock of its own. */
export interface Story {
  url: string
  folder: string
  db: Awaited<ReturnType<typeof testDatabase>>['db']
  clock: Awaited<ReturnType<typeof testDatabase>>['clock']
  connection: Connection
  service: Service
  /** What the service has logged. */
  logged: string[]
  /** Asks the API with an admin's key, or with another. */
  api(
    method: string,
    path: string,
    body?: unknown,
    more?: { key?: string; headers?: Record<string, string> },
  ): Promise<Answer>
  /** A key of a role. */
  key(role: Role, personId?: string): Promise<string>
  /** Asks for a page or posts a form. */
  visit(path: string, init?: RequestInit): Promise<Response>
  /** Moves the clock and wakes the watch, as time would. */
  later(milliseconds: number): Promise<void>
}

export interface Answer {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the API answers
  body: any
}

/**
 * Starts a service for this test file; it is stopped after the last test. `settings` are environment variables, `fill`
 * puts into the database what is there before; `nameServers` are asked for the keys of signed mail.
 */
export async function startStory(
  settings: Record<string, string> = {},
  fill: (database: Pick<Story, 'db' | 'clock'>) => Promise<unknown> = ({ db }) => setUpNorthwind(db),
  nameServers: readonly string[] | null = null,
): Promise<Story> {
  const { db, connection, clock } = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-story-'))
  await fill({ db, clock })
  const port = await freePort()
  const url = `http://localhost:${port}`
  const config = readConfig({
    PORT: String(port),
    DATA_DIR: folder,
    SECRET: SECRETS.join(','),
    LOG_LEVEL: 'debug',
    ...settings,
  })
  const logged: string[] = []
  const log = makeLog('debug', { write: (line) => void logged.push(line) })
  const service = await startService(config, {
    log,
    database: { db, connection, close: async () => {} },
    ...(nameServers && { nameServers }),
  })
  afterAll(async () => {
    await service.stop()
    await rm(folder, { recursive: true, force: true })
  })
  const acting = actingAs(db, clock)
  const key = async (role: Role, personId?: string) =>
    (await makeKey(acting, { name: `${role} of the story`, role, person_id: personId ?? null })).key
  const admin = await key('admin')
  return {
    url,
    folder,
    db,
    connection,
    clock,
    service,
    logged,
    key,
    api: (method, path, body, more = {}) => ask(`${url}/api/v1${path}`, method, more.key ?? admin, body, more.headers),
    visit: (path, init) => fetch(`${url}${path}`, { redirect: 'manual', ...init }),
    async later(milliseconds) {
      await clock.advance(milliseconds)
      await wake(db, 'cadence')
      await wake(db, 'deliver')
    },
  }
}

async function ask(url: string, method: string, key: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

/** The settings that send real mail and SMS to the servers of a test. */
export const carriedBy = (smtp: { url: string }, twilio: { url: string; accountSid: string; authToken: string }) => ({
  SMTP_URL: smtp.url,
  MAIL_FROM: 'Northwind Status <status@northwind.example>',
  TWILIO_API_URL: twilio.url,
  TWILIO_ACCOUNT_SID: twilio.accountSid,
  TWILIO_AUTH_TOKEN: twilio.authToken,
  TWILIO_FROM: '+15005550006',
  SMS_SEGMENTS_PER_SECOND: '100',
})
