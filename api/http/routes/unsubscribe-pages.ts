import { subscriberOf } from '../../../db/queries/subscribers.ts'
import { endByLink, subscriberOfLink } from '../../actions/end-subscription.ts'
import { maskAddress } from '../../domain/mask.ts'
import type { UnsubscribePage } from '../../domain/pages.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { manageUrl } from '../../domain/subscription-links.ts'
import { type Call, json, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { actionOf, page, prefersJson, tokenOf } from '../subscription-answers.ts'
import { languageIn } from '../subscription-forms.ts'

const shared = { door: 'public', access: 'anyone', tag: 'Subscriptions' } as const

/**
 * One mail goes to an address, however many read there, and nobody can tell them apart. So the button asks whether the
 * address wants no more of it, or only this reader; a mail program's own button (RFC 8058) means the address.
 */
async function unsubscribePage(call: Call, step: UnsubscribePage['step']): Promise<Response> {
  const { acting, world } = call
  const subscriber = await subscriberOf(world.db, subscriberOfLink(acting.secrets, tokenOf(call)))
  if (!subscriber) throw refuseMissing('subscription')
  if (prefersJson(call.request))
    return json(200, { status: subscriber.state === 'active' ? 'subscribed' : 'unsubscribed' })
  const { company } = await publicNow(world)
  const link = manageUrl(acting, subscriber.id, await acting.clock(acting.db))
  const handed = {
    company,
    step: subscriber.state === 'active' ? step : ('done' as const),
    action: actionOf(call),
    address: maskAddress(subscriber.address),
    manageUrl: link,
  }
  return page(call, languageIn(subscriber.locale), '/subscription/unsubscribe', handed)
}

export const unsubscribePageRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/unsubscribe',
    summary: 'Shows the button that unsubscribes; changes nothing',
    handle: (call) => unsubscribePage(call, 'ask'),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/unsubscribe',
    crossSite: true,
    provesItself: true,
    summary: 'Unsubscribes at once, by one click (RFC 8058)',
    handle: async (call) => {
      if (call.form.who !== 'me') await endByLink(call.acting, tokenOf(call))
      return unsubscribePage(call, call.form.who === 'me' ? 'kept' : 'done')
    },
  }),
]
