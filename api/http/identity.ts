import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { eq } from 'drizzle-orm'
import type { Database } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { accounts, people, sessions, verifications } from '../../db/schema.ts'
import type { Person } from '../actions/add-person.ts'
import { HOUR } from '../domain/duration.ts'

/** Signs people in and out and knows who asks; the sessions, cookies and passwords are better-auth's. */
export interface Identity {
  /** The headers (cookies) of a fresh session, or null when address and password do not belong together. */
  signIn(email: string, password: string, request: Request): Promise<Headers | null>
  /** Ends the session of the request; answers the headers that take its cookie away. */
  signOut(request: Request): Promise<Headers>
  /** The active person whose session the request carries, or null. */
  person(request: Request): Promise<Person | null>
}

/** A session ends after 12 hours without use, and 7 days after signing in whatever happens (ASVS 7.3). */
const IDLE_SECONDS = (12 * HOUR) / 1000
const REFRESH_SECONDS = (HOUR / 1000) * 0.25
const ABSOLUTE_MILLISECONDS = 7 * 24 * HOUR

/** The name of the session's cookie: with the `__Host-` prefix wherever TLS allows it (standards X1). */
export const cookieName = (apiUrl: string): string => (apiUrl.startsWith('https:') ? '__Host-sitrep' : 'sitrep')

export function openIdentity(db: Database, urls: { api: string }, secret: string): Identity {
  const auth = openAuth(db, urls, secret)
  return {
    async signIn(email, password, request) {
      const body = { email, password, rememberMe: true }
      const response = await auth.api.signInEmail({ body, headers: plainHeaders(request), asResponse: true })
      return response.ok ? cookiesOf(response) : null
    },
    async signOut(request) {
      return cookiesOf(await auth.api.signOut({ headers: plainHeaders(request), asResponse: true }))
    },
    async person(request) {
      const found = await auth.api.getSession({ headers: request.headers })
      if (!found) return null
      const age = found.session.updatedAt.getTime() - found.session.createdAt.getTime()
      const [person] = await db.select().from(people).where(eq(people.id, found.session.userId))
      return person?.active && age < ABSOLUTE_MILLISECONDS ? person : null
    },
  }
}

/** better-auth checks origins by itself; ours are checked at the door already, where forms without script pass too. */
const plainHeaders = (request: Request): Headers => {
  const headers = new Headers()
  for (const name of ['cookie', 'user-agent']) {
    const value = request.headers.get(name)
    if (value) headers.set(name, value)
  }
  return headers
}

function cookiesOf(response: Response): Headers {
  const headers = new Headers()
  for (const cookie of response.headers.getSetCookie()) headers.append('set-cookie', cookie)
  return headers
}

const openAuth = (db: Database, urls: { api: string }, secret: string) =>
  betterAuth({
    appName: 'Sitrep',
    baseURL: urls.api,
    secret,
    database: drizzleAdapter(db, {
      provider: 'pg',
      schema: { user: people, session: sessions, account: accounts, verification: verifications },
    }),
    user: { additionalFields: { role: { type: 'string', required: true, input: false } } },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10 },
    session: { expiresIn: IDLE_SECONDS, updateAge: REFRESH_SECONDS, cookieCache: { enabled: false } },
    advanced: {
      database: { generateId: newId },
      useSecureCookies: false,
      cookies: { session_token: { name: cookieName(urls.api) } },
      defaultCookieAttributes: {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure: urls.api.startsWith('https:'),
      },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  })
