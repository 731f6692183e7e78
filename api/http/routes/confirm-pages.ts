import { subscriberOf } from '../../../db/queries/subscribers.ts'
import { confirmByLink, signUpOf } from '../../actions/confirm-subscription.ts'
import { manageUrl } from '../../domain/subscription-links.ts'
import { type Call, json, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { actionOf, page, prefersJson, tokenOf } from '../subscription-answers.ts'
import { languageIn } from '../subscription-forms.ts'

const shared = { door: 'public', access: 'anyone', tag: 'Subscriptions' } as const

/** The page after confirming: the latest word on what is open, and where the choices are. */
export async function confirmed(call: Call, subscriberId: string): Promise<Response> {
  const { acting, world } = call
  const { company, incidents } = await publicNow(world)
  const subscriber = await subscriberOf(world.db, subscriberId)
  const link = manageUrl(acting, subscriberId, await acting.clock(acting.db))
  return page(call, languageIn(subscriber?.locale), '/subscription/confirm', {
    company,
    step: 'done',
    action: actionOf(call),
    incidents,
    manageUrl: link,
  })
}

export const confirmPageRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/confirm',
    summary: 'Shows the button that confirms; changes nothing',
    handle: async (call) => {
      const { acting, world } = call
      const { locale } = await acting.db.transaction((tx) => signUpOf(acting, tx, tokenOf(call)))
      const { company } = await publicNow(world)
      return page(call, languageIn(locale), '/subscription/confirm', {
        company,
        step: 'ask',
        action: actionOf(call),
        incidents: [],
        manageUrl: null,
      })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/confirm',
    crossSite: true,
    summary: 'Confirms an email subscription',
    handle: async (call) => {
      const subscriberId = await confirmByLink(call.acting, tokenOf(call))
      if (prefersJson(call.request)) return json(200, { status: 'confirmed', subscriber_id: subscriberId })
      return confirmed(call, subscriberId)
    },
  }),
]
