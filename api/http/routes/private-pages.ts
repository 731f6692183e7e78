import { atOneInstant } from '../../../db/queries/snapshot.ts'
import { openAudience } from '../../actions/open-page-link.ts'
import { whereToRead } from '../../actions/where-to-read.ts'
import { privatePageUrl } from '../../domain/addresses.ts'
import type { Language } from '../../domain/pages.ts'
import { placeOf } from '../../domain/private-page.ts'
import { Refusal, refuseMissing } from '../../domain/refusal.ts'
import { statusOf } from '../answers.ts'
import { privateDocument } from '../private-document.ts'
import { typeOfFile } from '../published-file.ts'
import { type Call, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { PRIVATE, page, tokenOf } from '../subscription-answers.ts'
import { languageAsked, languageIn } from '../subscription-forms.ts'

const shared = { door: 'public', access: 'anyone', tag: 'Private pages', method: 'GET' } as const

const languageOf = ({ request }: Call): Language => {
  const asked = new URL(request.url).searchParams.get('locale')
  return asked === null ? languageAsked(request.headers.get('accept-language')) : languageIn(asked)
}

/** Whatever a link does not open, its holder is told so on a page of their own. */
async function orClosed(call: Call, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work()
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || !['gone', 'not_found'].includes(refusal.kind)) throw refusal
    const { company } = await publicNow(call.world)
    const ended = refusal.kind === 'gone'
    return page(call, languageOf(call), '/private/closed', { company, ended }, statusOf(refusal))
  }
}

/** A page or file of the audience's own site, made at this moment with their eyes; nothing of it is kept anywhere. */
const show = (call: Call): Promise<Response> =>
  orClosed(call, async () => {
    const { acting, world, params } = call
    const token = tokenOf(call)
    const audience = await openAudience(acting, acting.db, params.audience!, token)
    const address = { publicUrl: privatePageUrl(world.urls.api, audience.slug, token), apiUrl: world.urls.api }
    const path = { part: params.part, id: params.id }
    const made = await atOneInstant(world.db, (tx) => privateDocument(tx, path, address), [audience.id])
    if (!made) throw refuseMissing('page')
    if ('text' in made)
      return new Response(made.text, { headers: { 'content-type': typeOfFile(made.name), ...PRIVATE } })
    return page(call, languageOf(call), made.route, made.page, 200, placeOf(audience, token))
  })

/** A reader comes by the short link of a text message. */
const forward = (call: Call): Promise<Response> =>
  orClosed(call, async () => {
    const location = await whereToRead(call.acting, call.params.token!)
    return new Response(null, { status: 303, headers: { location, ...PRIVATE } })
  })

export const privatePageRoutes = [
  route({
    ...shared,
    path: '/r/:token',
    summary: 'Leads the reader of a text message to where they may read what it told of',
    handle: forward,
  }),
  route({
    ...shared,
    path: '/private/:audience',
    summary: 'The page of an audience, by a link with a token',
    handle: show,
  }),
  route({
    ...shared,
    path: '/private/:audience/:part',
    summary: 'Lists, feeds and files of an audience, by the same token',
    handle: show,
  }),
  route({
    ...shared,
    path: '/private/:audience/:part/:id',
    summary: 'An incident, a component, planned work or a month as an audience sees it',
    handle: show,
  }),
]
