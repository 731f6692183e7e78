import type { StaffDoor } from '../../../db/queries/staff-readers.ts'
import { noteUse, openPageLink } from '../../actions/open-page-link.ts'
import { subscribe, subscribeInput } from '../../actions/subscribe.ts'
import { below, staffPageUrl } from '../../domain/addresses.ts'
import { Refusal } from '../../domain/refusal.ts'
import { calendar } from '../../publish/feeds/calendar.ts'
import { staffAtom, staffJson } from '../../publish/feeds/staff.ts'
import { seeOther } from '../console/page.ts'
import { checked } from '../input.ts'
import { typeOfFile } from '../published-file.ts'
import { type Call, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { readStaffNow, seenIncident, staffPage } from '../staff-now.ts'
import { html, PRIVATE, page, tokenOf } from '../subscription-answers.ts'
import { languageIn, signUpIn, typedSignUp } from '../subscription-forms.ts'
import { orShowAgain, pending } from './sign-up-pages.ts'
import { limitSignUps, mayTextTo } from './subscriptions.ts'

const opened = { door: 'page', tag: 'Staff page', access: 'viewer', link: 'staff' } as const
const shared = { ...opened, method: 'GET' } as const

/** Notes that a link has been used, where somebody came by one. */
async function notedToken(call: Call): Promise<string | null> {
  const token = tokenOf(call)
  if (token === '') return null
  const { link } = await openPageLink(call.acting, call.acting.db, 'staff', token)
  if (link) await noteUse(call.acting.db, link.id)
  return token
}

/** A path of the staff page by the same token. */
const within = (call: Call, path: string): string => {
  const token = tokenOf(call)
  return token === '' ? `/staff${path}` : `/staff${path}?token=${token}`
}

async function show(call: Call): Promise<Response> {
  const { acting, world } = call
  const token = await notedToken(call)
  const now = await acting.clock(acting.db)
  const feeds = token && { atom: `/staff/feed.atom?token=${token}`, json: `/staff/feed.json?token=${token}` }
  const subscribe = within(call, '/subscribe')
  const shown = staffPage(await readStaffNow(world, now), { urls: world.urls, now, feeds: feeds || null, subscribe })
  return html(await world.render('/staff', shown))
}

const FEEDS = { 'feed.atom': staffAtom, 'feed.json': staffJson }

async function feed(call: Call, name: keyof typeof FEEDS): Promise<Response> {
  const { acting, world } = call
  const token = await notedToken(call)
  const { snapshot, rows, notes } = await readStaffNow(world, await acting.clock(acting.db))
  const home = token ? staffPageUrl(world.urls.api, token) : `${world.urls.api}/staff`
  const incidents = rows.map((row) => ({
    ...row,
    seen: seenIncident(snapshot, row.id),
    notes: notes.filter((note) => note.incidentId === row.id),
  }))
  const text = FEEDS[name](incidents, {
    company: snapshot.organisation.name,
    home,
    self: below(home, `/${name}`),
    began: snapshot.began,
  })
  return new Response(text, { headers: { 'content-type': typeOfFile(name), ...PRIVATE } })
}

/** By what somebody subscribes: the link of their team, or their own account; a mail that is forwarded is neither of these. */
async function doorOf(call: Call): Promise<StaffDoor> {
  const { acting } = call
  const token = tokenOf(call)
  if (token !== '') {
    const { link } = await openPageLink(acting, acting.db, 'staff', token)
    if (link) return { linkId: link.id, personId: null }
  } else if (acting.actor.personId) return { linkId: null, personId: acting.actor.personId }
  throw new Refusal('forbidden', 'Sign in as yourself, or use the link of your team.')
}

async function subscribing(call: Call): Promise<Response> {
  await notedToken(call)
  const { company, groups } = await publicNow(call.world, 'all')
  return html(await call.world.render('/staff/subscribe', { company, groups, action: within(call, '/subscriptions') }))
}

const signUp = (call: Call): Promise<Response> =>
  orShowAgain(
    async () => {
      const door = await doorOf(call)
      const input = checked(subscribeInput, signUpIn(call.form))
      if (await mayTextTo(call, input)) await subscribe(call.acting, input, 'form', door)
      return pending(call, [])
    },
    async (errors) => {
      const { company, groups } = await publicNow(call.world, 'all')
      const form = { ...typedSignUp(call.form), incident: null }
      const refused = { company, groups, form, errors, action: within(call, '/subscriptions') }
      return page(call, languageIn(call.form.locale), '/subscription/refused', refused, 422)
    },
  )

/** What a message leads to stands on the one page. */
async function lead(call: Call): Promise<Response> {
  await notedToken(call)
  return seeOther(`${within(call, '')}#i-${call.params.id}`)
}

async function plannedWork(call: Call): Promise<Response> {
  const token = await notedToken(call)
  const { api, site } = call.world.urls
  const { snapshot } = await readStaffNow(call.world, await call.acting.clock(call.acting.db))
  const text = calendar(snapshot, { publicUrl: token ? staffPageUrl(api, token) : site, apiUrl: api })
  return new Response(text, { headers: { 'content-type': typeOfFile('calendar.ics'), ...PRIVATE } })
}

export const staffPageRoutes = [
  route({ ...shared, path: '/staff', summary: 'The page of support and sales', handle: show }),
  route({
    ...shared,
    path: '/staff/feed.atom',
    summary: 'What is said to everybody and to staff, one entry for each incident',
    handle: (call) => feed(call, 'feed.atom'),
  }),
  route({
    ...shared,
    path: '/staff/feed.json',
    summary: 'The same as a JSON Feed, one item for each word',
    handle: (call) => feed(call, 'feed.json'),
  }),
  route({
    ...shared,
    path: '/staff/calendar.ics',
    summary: 'Planned work, that of private components as well',
    handle: plannedWork,
  }),
  route({
    ...shared,
    path: '/staff/subscribe',
    summary: 'The forms for subscribing to the news of staff',
    handle: subscribing,
  }),
  route({
    ...opened,
    method: 'POST',
    path: '/staff/subscriptions',
    summary: 'Sign up to the news of staff, while the link or the account stands by which it is done',
    limit: limitSignUps,
    handle: signUp,
  }),
  ...(['i', 'incidents', 'm', 'maintenance'] as const).map((part) =>
    route({
      ...shared,
      path: `/staff/${part}/:id`,
      summary: 'Leads from a message to its place on the staff page',
      handle: lead,
    }),
  ),
]
