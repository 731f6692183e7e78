import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'
import type { Acting, Actor } from '../../api/actions/acting.ts'
import { SYSTEM } from '../../api/actions/acting.ts'
import { addPerson, addPersonInput, type Person } from '../../api/actions/add-person.ts'
import { setPassword } from '../../api/actions/set-up.ts'
import { localSender } from '../../api/delivery/compose.ts'
import type { Role } from '../../api/domain/role.ts'
import { openApp } from '../../api/http/app.ts'
import { actorOf } from '../../api/http/authenticate.ts'
import { trustedProxies } from '../../api/http/client-address.ts'
import { openIdentity } from '../../api/http/identity.ts'
import { openLimits } from '../../api/http/limits.ts'
import type { Screens, World } from '../../api/http/world.ts'
import { silentLog } from '../../api/log.ts'
import { loadRenderer } from '../../api/publish/renderer.ts'
import { openMetrics } from '../../api/service/metrics.ts'
import { loadTemplates } from '../../api/templates.ts'
import type { Database } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { organisation } from '../../db/schema.ts'
import { type MovableClock, testDatabase } from './database.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const SECRET = 'a secret for tests, long enough to sign with'
/** Every person of a test signs in with this. */
export const PASSWORD = 'correct horse battery staple'

/** Somebody at a browser without script: sends the cookie they were given, and says as browsers do where they are. */
export interface Visitor {
  get(path: string, headers?: Record<string, string>): Promise<Response>
  /** Posts fields as a form of ours would. */
  post(path: string, fields?: Record<string, string>, headers?: Record<string, string>): Promise<Response>
  cookie: string
}

export interface TestWorld {
  app: ReturnType<typeof openApp>
  world: World
  db: Database
  clock: MovableClock
  /** For calling actions directly. */
  acting(actor?: Actor): Acting
  /** Adds a person of this role who can sign in with `PASSWORD`. */
  person(role: Role, own?: { name?: string; email?: string; phone?: string }): Promise<Person>
  /** A browser in which this person has signed in. */
  signIn(person: Person): Promise<Visitor>
  /** A browser in which nobody has signed in. */
  visitor(cookie?: string): Visitor
}

/** The whole service behind its doors: a real database, the compiled pages, no port, no carrier. */
export async function testWorld(given: Partial<World> & { company?: string | null } = {}): Promise<TestWorld> {
  const { company = 'Northwind Cloud', ...parts } = given
  const { db, clock } = await testDatabase()
  const world = await worldOf(db, clock, parts)
  const app = openApp(world)
  const acting = (actor: Actor = SYSTEM): Acting => ({ ...world, actor })
  if (company) await db.insert(organisation).values({ name: company, shortName: company.slice(0, 20), pageId: newId() })
  const visitor = (cookie = ''): Visitor => visitorOf(app, world.urls.api, cookie)
  const signIn = async (person: Person) => visitor(await cookieFor(world, person))
  return { app, world, db, clock, acting, person: (role, own) => personOf(acting(), role, own), signIn, visitor }
}

async function worldOf(db: Database, clock: MovableClock, parts: Partial<World>): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-mailbox-'))
  afterAll(() => rm(folder, { recursive: true, force: true }))
  const urls = parts.urls ?? { site: 'http://localhost:3000', api: 'http://localhost:3000' }
  const { render, publicDir } = await loadRenderer<Screens>(ROOT)
  const { record, ...metrics } = openMetrics(db, silentLog())
  return {
    db,
    clock,
    log: silentLog(),
    record,
    templates: loadTemplates(join(ROOT, 'templates')),
    secrets: [SECRET],
    urls,
    webhookAllow: [],
    identity: openIdentity(db, urls, SECRET),
    limits: openLimits(db),
    trusted: trustedProxies([]),
    render,
    site: { fetch: () => null },
    mailbox: { folder, email: false, sms: false },
    smsSegmentsPerSecond: null,
    sending: { sender: localSender(urls.site), segmentsPerSecond: 1, smsCountries: [] },
    twilio: null,
    metrics: { ...metrics, access: 'closed' },
    returns: {
      bounceDomain: null,
      inboundMailKey: null,
      ses: null,
      sendgridPublicKey: null,
      postmarkHookKey: null,
      proveSender: async () => 'unproven',
    },
    assets: publicDir,
    ...parts,
  }
}

async function personOf(acting: Acting, role: Role, own: { name?: string; email?: string; phone?: string } = {}) {
  const email = own.email ?? `${role}.${newId()}@northwind.example`
  const { person } = await addPerson(acting, addPersonInput.parse({ role, ...own, email }))
  await acting.db.transaction((tx) => setPassword(tx, person.id, PASSWORD))
  return person
}

async function cookieFor(world: World, person: Person): Promise<string> {
  const request = new Request(`${world.urls.api}/console/sign-in`)
  const headers = await world.identity.signIn(person.email, PASSWORD, request)
  if (!headers) throw new Error(`${person.email} could not sign in.`)
  return cookieIn(headers)
}

/** The cookies that an answer sets, as a browser would send them back. */
export const cookieIn = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

function visitorOf(app: TestWorld['app'], origin: string, cookie: string): Visitor {
  const own = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', ...(cookie && { cookie }) }
  return {
    cookie,
    get: async (path, headers = {}) => app.request(`${origin}${path}`, { headers: { ...own, ...headers } }),
    post: async (path, fields = {}, headers = {}) =>
      app.request(`${origin}${path}`, {
        method: 'POST',
        body: new URLSearchParams(fields).toString(),
        headers: {
          ...own,
          'content-type': 'application/x-www-form-urlencoded',
          'sec-fetch-site': 'same-origin',
          origin,
          ...headers,
        },
      }),
  }
}

/** A person as the one who acts, for calling actions directly. */
export const actingAs = (world: TestWorld, person: Person): Acting => world.acting(actorOf(person, null))
