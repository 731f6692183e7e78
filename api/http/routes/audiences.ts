import { audienceById, listAudiences, listLinks } from '../../../db/queries/audiences.ts'
import { archiveAudience } from '../../actions/archive-audience.ts'
import { type LinkTo, makePageLink, makePageLinkInput, revokePageLink } from '../../actions/make-page-link.ts'
import { addAudience, addAudienceInput, renameAudience, renameAudienceInput } from '../../actions/name-audience.ts'
import { privatePageUrl, staffPageUrl } from '../../domain/addresses.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import {
  audienceAnswer,
  audienceJson,
  pageLinkAnswer,
  pageLinkJson,
  pageLinkOnceAnswer,
  pageLinkOnceJson,
  silencedAnswer,
} from '../present/audience.ts'
import { type Call, json, route } from '../route.ts'

const shared = { door: 'api', access: 'admin', tag: 'Audiences' } as const

async function audienceIn({ acting, params }: Pick<Call, 'acting' | 'params'>) {
  const audience = await audienceById(acting.db, params.id!)
  if (!audience) throw refuseMissing('audience')
  return audience
}

/** A page of links, newest first. */
async function links(
  { acting }: Pick<Call, 'acting'>,
  to: LinkTo,
  query: { cursor?: string | undefined; limit: number },
) {
  const [at, id] = positionOf(query.cursor, ['time', 'id']) ?? []
  const after = at && id ? { createdAt: new Date(at), id } : undefined
  const rows = await listLinks(acting.db, to, { after, limit: query.limit + 1 })
  const page = pageOf(rows, query.limit, (row) => [row.createdAt.toISOString(), row.id])
  return json(200, { ...page, data: page.data.map(pageLinkJson) })
}

const audienceRoutesThemselves = [
  route({
    ...shared,
    method: 'GET',
    path: '/audiences',
    summary: 'List private audiences by name',
    answer: { status: 200, schema: listOf(audienceAnswer) },
    handle: async ({ acting }) =>
      json(200, { data: (await listAudiences(acting.db)).map(audienceJson), next_cursor: null }),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/audiences',
    summary: 'Name people outside who may see more than everybody: a customer, a region',
    body: addAudienceInput,
    answer: { status: 201, schema: audienceAnswer },
    handle: async ({ acting, body }) => json(201, audienceJson(await addAudience(acting, body))),
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: '/audiences/:id',
    summary: 'Rename an audience; the address of its page stays',
    body: renameAudienceInput,
    answer: { status: 200, schema: audienceAnswer },
    handle: async ({ acting, params, body }) => json(200, audienceJson(await renameAudience(acting, params.id!, body))),
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/audiences/:id',
    summary: 'End an audience and its links; refused while a component is shown to it alone. Makes nothing public',
    answer: { status: 200, schema: silencedAnswer },
    handle: async ({ acting, params }) => json(200, await archiveAudience(acting, params.id!)),
  }),
]

const audienceLinkRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/audiences/:id/links',
    summary: 'List the links to the page of an audience, without their tokens',
    query: pageQuery,
    answer: { status: 200, schema: listOf(pageLinkAnswer) },
    handle: async (call) => links(call, { audienceId: (await audienceIn(call)).id }, call.query),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/audiences/:id/links',
    summary: 'Make a link to the page of an audience; its address is answered only here',
    body: makePageLinkInput,
    answer: { status: 201, schema: pageLinkOnceAnswer },
    handle: async (call) => {
      const { id, slug } = await audienceIn(call)
      const { link, token } = await makePageLink(call.acting, { audienceId: id }, call.body)
      return json(201, pageLinkOnceJson(link, token, privatePageUrl(call.acting.urls.api, slug, token)))
    },
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/audiences/:id/links/:link',
    summary: 'End a link at once, and private news to those who subscribed by it; answers how many they are',
    answer: { status: 200, schema: silencedAnswer },
    handle: async ({ acting, params }) =>
      json(200, await revokePageLink(acting, { audienceId: params.id! }, params.link!)),
  }),
]

const staffLinkRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/staff-links',
    summary: 'List the links to the staff page, without their tokens',
    query: pageQuery,
    answer: { status: 200, schema: listOf(pageLinkAnswer) },
    handle: (call) => links(call, 'staff', call.query),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/staff-links',
    summary: 'Make a read-only link to the staff page for a team; its address is answered only here',
    body: makePageLinkInput,
    answer: { status: 201, schema: pageLinkOnceAnswer },
    handle: async ({ acting, body }) => {
      const { link, token } = await makePageLink(acting, 'staff', body)
      return json(201, pageLinkOnceJson(link, token, staffPageUrl(acting.urls.api, token)))
    },
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: '/staff-links/:id',
    summary: 'End a link to the staff page at once',
    answer: { status: 200, schema: silencedAnswer },
    handle: async ({ acting, params }) => json(200, await revokePageLink(acting, 'staff', params.id!)),
  }),
]

export const audienceRoutes = [...audienceRoutesThemselves, ...audienceLinkRoutes, ...staffLinkRoutes]
