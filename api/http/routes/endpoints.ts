import { z } from 'zod'
import { attemptsOf, endpointWithSubscriber } from '../../../db/queries/endpoints.ts'
import {
  changeSecret,
  enableEndpoint,
  endpointOfLink,
  replayEvents,
  replayInput,
} from '../../actions/change-endpoint.ts'
import { maskAddress } from '../../domain/mask.ts'
import type { EndpointPage } from '../../domain/pages.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { type Call, json, noContent, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { actionOf, page, prefersJson, tokenOf } from '../subscription-answers.ts'
import { languageIn } from '../subscription-forms.ts'

const admin = { door: 'api', access: 'admin', tag: 'Webhooks' } as const

const secretAnswer = z.strictObject({ secret: z.string(), old_secret_until: z.iso.datetime() })
const attemptAnswer = z.strictObject({
  delivery_id: z.string(),
  attempt: z.int(),
  at: z.iso.datetime(),
  status: z.int().nullable(),
  code: z.string().nullable(),
  excerpt: z.string().nullable(),
})

type Attempt = Awaited<ReturnType<typeof attemptsOf>>[number]['attempt']

const attemptJson = ({ deliveryId, attempt, at, status, code, excerpt }: Attempt): z.infer<typeof attemptAnswer> => ({
  delivery_id: deliveryId,
  attempt,
  at: at.toISOString(),
  status,
  code,
  excerpt,
})

type NewSecret = Awaited<ReturnType<typeof changeSecret>>

const secretJson = ({ secret, oldSecretUntil }: NewSecret): z.infer<typeof secretAnswer> => ({
  secret,
  old_secret_until: oldSecretUntil.toISOString(),
})

/** How many of the last answers the owner of an endpoint is shown. */
const SHOWN = 20

export const endpointRoutes = [
  route({
    ...admin,
    method: 'POST',
    path: '/subscribers/:id/webhook-secret',
    summary: 'Give a webhook a new signing secret, answered only here; the old one signs for a day more',
    answer: { status: 201, schema: secretAnswer },
    handle: async ({ acting, params }) => json(201, secretJson(await changeSecret(acting, params.id!))),
  }),
  route({
    ...admin,
    method: 'POST',
    path: '/subscribers/:id/replay',
    summary: 'Queue again what a webhook was sent or missed since a time, in its order and under its ids',
    body: replayInput,
    answer: { status: 202, schema: z.strictObject({ replayed: z.int() }) },
    handle: async ({ acting, params, body }) => json(202, { replayed: await replayEvents(acting, params.id!, body) }),
  }),
  route({
    ...admin,
    method: 'POST',
    path: '/subscribers/:id/reactivation',
    summary: 'Send to a disabled webhook again',
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await enableEndpoint(acting, params.id!)
      return noContent()
    },
  }),
  route({
    ...admin,
    method: 'GET',
    path: '/subscribers/:id/attempts',
    summary: 'What a webhook answered, attempt by attempt, newest first',
    query: pageQuery,
    answer: { status: 200, schema: listOf(attemptAnswer) },
    handle: async ({ acting, params, query }) => {
      if (!(await endpointWithSubscriber(acting.db, params.id!))) throw refuseMissing('webhook')
      const before = positionOf(query.cursor, ['number'])?.[0]
      const rows = await attemptsOf(acting.db, params.id!, {
        before: before === undefined ? undefined : Number(before),
        limit: query.limit + 1,
      })
      const part = pageOf(rows, query.limit, ({ attempt }) => [String(attempt.id)])
      return json(200, { ...part, data: part.data.map(({ attempt }) => attemptJson(attempt)) })
    },
  }),
  route({
    method: 'GET',
    path: '/subscriptions/endpoint',
    door: 'public',
    access: 'anyone',
    tag: 'Webhooks',
    summary: 'Shows the owner of a webhook how it fares; changes nothing',
    handle: async (call) => endpointPage(call, await endpointOfLink(call.acting, tokenOf(call)), null),
  }),
  route({
    method: 'POST',
    path: '/subscriptions/endpoint',
    door: 'public',
    access: 'anyone',
    tag: 'Webhooks',
    crossSite: true,
    provesItself: true,
    summary: 'Gives the owner of a webhook a new secret (`act=secret`), or sends to it again (`act=enable`)',
    handle: async (call) => {
      const id = await endpointOfLink(call.acting, tokenOf(call))
      if (call.form.act === 'enable') await enableEndpoint(call.acting, id)
      const fresh = call.form.act === 'secret' ? await changeSecret(call.acting, id) : null
      if (fresh && prefersJson(call.request)) return json(200, secretJson(fresh))
      return endpointPage(call, id, fresh)
    },
  }),
]

async function endpointPage(call: Call, id: string, fresh: NewSecret | null): Promise<Response> {
  const { db } = call.acting
  const known = await endpointWithSubscriber(db, id)
  if (!known) throw refuseMissing('webhook')
  const { subscriber, endpoint } = known
  const attempts = (await attemptsOf(db, id, { limit: SHOWN })).map(({ attempt }) => attempt)
  const { company } = await publicNow(call.world)
  const state = subscriber.state === 'active' && endpoint.failingSince ? 'failing' : subscriber.state
  const address = maskAddress(subscriber.address)
  const handed: EndpointPage = {
    company,
    state,
    address,
    failingSince: endpoint.failingSince?.toISOString() ?? null,
    action: actionOf(call),
    fresh: fresh && { secret: fresh.secret, oldSecretUntil: fresh.oldSecretUntil.toISOString() },
    attempts: attempts.map(({ at, status, code, excerpt }) => ({ at: at.toISOString(), status, code, excerpt })),
  }
  return page(call, languageIn(subscriber.locale), '/subscription/endpoint', handed)
}
