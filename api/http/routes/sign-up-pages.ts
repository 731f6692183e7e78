import { z } from 'zod'
import type { Audience } from '../../../db/queries/audiences.ts'
import { knownOutside } from '../../../db/queries/public-incidents.ts'
import { confirmByCode } from '../../actions/confirm-subscription.ts'
import { idSchema } from '../../actions/fields.ts'
import { openPageLink } from '../../actions/open-page-link.ts'
import { subscribe, subscribeInput } from '../../actions/subscribe.ts'
import { PUBLIC_EYES } from '../../domain/eyes.ts'
import type { Followed } from '../../domain/pages.ts'
import { placeOf } from '../../domain/private-page.ts'
import { Refusal, refuseMissing } from '../../domain/refusal.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { page } from '../subscription-answers.ts'
import { languageAsked, languageIn, signUpIn, typedSignUp } from '../subscription-forms.ts'
import { confirmed } from './confirm-pages.ts'
import { limitSignUps, mayTextTo } from './subscriptions.ts'

const shared = { door: 'public', access: 'anyone', tag: 'Subscriptions' } as const

/** Does what a form asks; what was typed wrongly is shown again with `again`. */
export async function orShowAgain(
  work: () => Promise<Response>,
  again: (errors: Refusal['errors']) => Promise<Response>,
): Promise<Response> {
  try {
    return await work()
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.kind !== 'invalid') throw refusal
    return again(refusal.errors)
  }
}

const signUp = (call: Call): Promise<Response> =>
  orShowAgain(
    async () => {
      const input = checked(subscribeInput, signUpIn(call.form))
      if (await mayTextTo(call, input)) await subscribe(call.acting, input, 'form')
      return pending(call, [])
    },
    async (errors) => {
      const audience = await audienceOf(call)
      const { company, groups } = await publicNow(call.world, audience ? [audience.id] : PUBLIC_EYES)
      const incident = await followedBy(call, call.form.incident_id)
      const form = { ...typedSignUp(call.form), incident }
      const refused = { company, groups, form, errors }
      const place = audience ? placeOf(audience, call.form.audience_token!) : undefined
      return page(call, languageIn(call.form.locale), '/subscription/refused', refused, 422, place)
    },
  )

/** The audience on whose page the form stood. */
async function audienceOf({ acting, form }: Call): Promise<Audience | null> {
  return form.audience_token ? (await openPageLink(acting, acting.db, 'audience', form.audience_token)).audience : null
}

/** The incident that a form names, as far as outsiders know it. */
async function followedBy({ acting }: Call, id: string | undefined): Promise<Followed | null> {
  const [incident] = id && idSchema.safeParse(id).success ? await knownOutside(acting.db, [id]) : []
  return incident ?? null
}

/** What comes next after asking. */
export async function pending(call: Call, errors: Refusal['errors'], status = 202): Promise<Response> {
  const { company } = await publicNow(call.world)
  const { channel, address, locale } = typedSignUp(call.form)
  return page(call, languageIn(locale), '/subscription/pending', { company, channel, address, errors }, status)
}

const codeTyped = (call: Call): Promise<Response> =>
  orShowAgain(
    async () => {
      const { address = '', code = '' } = call.form
      return confirmed(call, await confirmByCode(call.acting, { channel: 'sms', address, code }))
    },
    (errors) => pending({ ...call, form: { ...call.form, channel: 'sms' } }, errors, 422),
  )

export const signUpPageRoutes = [
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions',
    crossSite: true,
    summary: 'Sign up from the form on the page',
    limit: limitSignUps,
    handle: signUp,
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/new',
    summary: 'The forms for following one incident',
    query: z.object({ incident_id: z.string(), locale: z.string().optional() }),
    handle: async (call) => {
      const incident = await followedBy(call, call.query.incident_id)
      if (!incident) throw refuseMissing('incident')
      const { company } = await publicNow(call.world)
      const asked = call.query.locale ?? languageAsked(call.request.headers.get('accept-language'))
      return page(call, languageIn(asked), '/subscription/follow', { company, incident })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/confirmations',
    crossSite: true,
    summary: 'Confirm with the six digits from the form',
    handle: codeTyped,
  }),
]
