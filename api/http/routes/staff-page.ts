import { noteUse, openPageLink } from '../../actions/open-page-link.ts'
import { below, staffPageUrl } from '../../domain/addresses.ts'
import { staffAtom, staffJson } from '../../publish/feeds/staff.ts'
import { typeOfFile } from '../published-file.ts'
import { type Call, route } from '../route.ts'
import { readStaffNow, seenIncident, staffPage } from '../staff-now.ts'
import { html, PRIVATE, tokenOf } from '../subscription-answers.ts'

const shared = { door: 'page', tag: 'Staff page', method: 'GET', access: 'viewer', link: 'staff' } as const

/** Notes that a link has been used, where somebody came by one. */
async function notedToken(call: Call): Promise<string | null> {
  const token = tokenOf(call)
  if (token === '') return null
  const { link } = await openPageLink(call.acting, call.acting.db, 'staff', token)
  await noteUse(call.acting.db, link.id)
  return token
}

async function show(call: Call): Promise<Response> {
  const { acting, world } = call
  const token = await notedToken(call)
  const now = await acting.clock(acting.db)
  const feeds = token && { atom: `/staff/feed.atom?token=${token}`, json: `/staff/feed.json?token=${token}` }
  const page = staffPage(await readStaffNow(world, now), { urls: world.urls, now, feeds: feeds || null })
  return html(await world.render('/staff', page))
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
]
