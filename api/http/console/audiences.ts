import { audienceById } from '../../../db/queries/audiences.ts'
import { archiveAudience } from '../../actions/archive-audience.ts'
import { type LinkTo, makePageLink, makePageLinkInput, revokePageLink } from '../../actions/make-page-link.ts'
import { addAudience, addAudienceInput } from '../../actions/name-audience.ts'
import { privatePageUrl, staffPageUrl } from '../../domain/addresses.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { audiencesScreen, type Come } from './audiences-screen.ts'
import { idIn, refusedForm, typed, utcTime } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'

const PATH = '/console/audiences'
const shared = { door: 'page', tag: 'Console', access: 'admin' } as const

const screen = async (call: Call, come: Come = {}, status = 200): Promise<Response> =>
  show(call.world, 'console/audiences', await audiencesScreen(call, come), status)

async function add(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = { slug: form.slug ?? '', name: form.name ?? '' }
  const done = await attempt(async () => addAudience(acting, checked(addAudienceInput, input)))
  if ('done' in done) return seeOther(`${PATH}?notice=audience_added`)
  return screen(call, { adding: refusedForm(form, done.refused) }, statusOf(done.refused))
}

/** Makes a link, whose address stands on this answer and nowhere else. */
async function make(call: Call, to: LinkTo, urlOf: (token: string) => string): Promise<Response> {
  const { acting, form } = call
  const input = { name: form.name ?? '', expires_at: utcTime(typed(form, 'expires_at')) }
  const done = await attempt(async () => makePageLink(acting, to, checked(makePageLinkInput, input)))
  if ('done' in done) return screen(call, { made: { name: done.done.link.name, url: urlOf(done.done.token) } }, 201)
  const making = { to: to === 'staff' ? to : to.audienceId, form: refusedForm(form, done.refused) }
  return screen(call, { making }, statusOf(done.refused))
}

async function makeForAudience(call: Call): Promise<Response> {
  const audience = await audienceById(call.acting.db, idIn(call.params, 'audience'))
  if (!audience) throw refuseMissing('audience')
  const { api } = call.acting.urls
  return make(call, { audienceId: audience.id }, (token) => privatePageUrl(api, audience.slug, token))
}

async function archive(call: Call): Promise<Response> {
  const done = await attempt(async () => archiveAudience(call.acting, idIn(call.params, 'audience')))
  if ('done' in done) return seeOther(`${PATH}?notice=audience_archived`)
  return screen(call, { kept: { id: call.params.id ?? '', because: done.refused.message } }, statusOf(done.refused))
}

async function revoke({ acting }: Call, to: LinkTo, link: string): Promise<Response> {
  await revokePageLink(acting, to, link)
  return seeOther(`${PATH}?notice=link_revoked`)
}

export const audienceScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    summary: 'Private audiences, and links to their pages and to the staff page',
    handle: (call) => screen(call),
  }),
  route({ ...shared, method: 'POST', path: PATH, summary: 'Names an audience', handle: add }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/archive`,
    summary: 'Ends an audience and its links; refused while a component is shown to it alone',
    handle: archive,
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/links`,
    summary: 'Makes a link to the page of an audience; it is shown on this answer and nowhere else',
    handle: makeForAudience,
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/links/:link/revoke`,
    summary: 'Ends a link, and private news by it',
    handle: (call) => revoke(call, { audienceId: idIn(call.params, 'audience') }, call.params.link ?? ''),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/console/staff-links',
    summary: 'Makes a link to the staff page; it is shown on this answer and nowhere else',
    handle: (call) => make(call, 'staff', (token) => staffPageUrl(call.acting.urls.api, token)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/console/staff-links/:id/revoke',
    summary: 'Ends a link to the staff page',
    handle: (call) => revoke(call, 'staff', idIn(call.params, 'link')),
  }),
]
