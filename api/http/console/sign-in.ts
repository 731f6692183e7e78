import { sql } from 'drizzle-orm'
import { people } from '../../../db/schema.ts'
import type { Person } from '../../actions/add-person.ts'
import { draftInput, keepTyped } from '../../actions/keep-draft.ts'
import { recordSession } from '../../actions/record-session.ts'
import { Refusal, refuseField } from '../../domain/refusal.ts'
import type { Role } from '../../domain/role.ts'
import { headersOf, statusOf } from '../answers.ts'
import { actorOf } from '../authenticate.ts'
import { type Call, route } from '../route.ts'
import { type Carried, carriedOn, pathOfForm } from './carried.ts'
import { emptyForm, refusedForm } from './forms.ts'
import { localPath, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

/** Executives have a page of their own and nothing else of the console. */
const homeOf = (role: Role | null): string => (role === 'executive' ? '/console/brief' : '/console')

const shared = { door: 'page', tag: 'Console', access: 'anyone' } as const

export const signInRoutes = [
  route({ ...shared, method: 'GET', path: '/console/sign-in', summary: 'Asks who is there', handle: ask }),
  route({ ...shared, method: 'POST', path: '/console/sign-in', summary: 'Begins a session', handle: signIn }),
  route({ ...shared, method: 'POST', path: '/console/sign-out', summary: 'Ends the session', handle: signOut }),
]

async function ask(call: Call): Promise<Response> {
  const returnTo = localPath(new URL(call.request.url).searchParams.get('to'))
  if (call.acting.actor.kind === 'person') return seeOther(returnTo ?? homeOf(call.acting.actor.role))
  const screen = { shell: await shellOf(call), form: emptyForm(), ended: false, carried: null, returnTo }
  return show(call.world, 'console/sign-in', screen)
}

async function signIn(call: Call): Promise<Response> {
  const address = plainAddress(call.form.email)
  try {
    const { person, cookies } = await begin(call, address)
    return seeOther(await nextPath(call, person), cookies)
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    return askAgain(call, address, refusal)
  }
}

/** One answer for an unknown address and for a wrong password, after the same work (standards X4, X12). */
async function begin(call: Call, address: string): Promise<{ person: Person; cookies: Headers }> {
  const { world, acting, form, request } = call
  await world.limits.signInByCaller(acting.actor.ip ?? '')
  await world.limits.signInByAccount(address)
  const [person] = await world.db.select().from(people).where(sql`lower(${people.email}) = ${address}`)
  const cookies = await world.identity.signIn(address, form.password ?? '', request)
  if (cookies && person?.active) {
    await recordSession(acting, 'session.began', person)
    return { person, cookies }
  }
  await recordSession(acting, 'session.refused', person ?? null)
  throw refuseField('password', 'wrong', 'Address and password do not belong together.')
}

/** An address as accounts are found and counted by: lower case, nothing that a database could not hold. */
const plainAddress = (typed = ''): string =>
  typed
    .replace(/\p{Cc}/gu, '')
    .trim()
    .toLowerCase()
    .slice(0, 320)

/** To the form whose text came along, which shows it; else where the person was going. */
async function nextPath({ acting, form }: Call, person: Person): Promise<string> {
  const carried = carriedOn(form)
  const draft = carried && draftInput.safeParse(carried)
  if (!draft?.success) return localPath(form.return_to) ?? homeOf(person.role)
  await keepTyped({ ...acting, actor: actorOf(person, acting.actor.ip) }, draft.data)
  return pathOfForm(draft.data.form)
}

async function askAgain(call: Call, email: string, refusal: Refusal): Promise<Response> {
  const carried: Carried | null = carriedOn(call.form)
  const screen = {
    shell: await shellOf(call),
    form: refusedForm({ email }, refusal),
    ended: carried !== null,
    carried,
    returnTo: localPath(call.form.return_to),
  }
  return show(call.world, 'console/sign-in', screen, statusOf(refusal), headersOf(refusal))
}

async function signOut({ world, acting, request }: Call): Promise<Response> {
  const { id, name } = acting.actor
  if (acting.actor.kind === 'person' && id) await recordSession(acting, 'session.ended', { id, name })
  return seeOther('/console/sign-in?notice=signed_out', await world.identity.signOut(request))
}
