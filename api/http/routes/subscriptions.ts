import { z } from 'zod'
import { confirmByCode, confirmByCodeInput } from '../../actions/confirm-subscription.ts'
import { subscribe, subscribeInput } from '../../actions/subscribe.ts'
import { json, route } from '../route.ts'
import type { World } from '../world.ts'

/** Always the same, whoever asks (standards X4). */
export const PENDING = {
  status: 'pending',
  detail: 'If this address can be reached, it will receive a message with the next step.',
}

/** Takes a point from the caller's purse and from everybody's (standards X5). */
export async function limitSignUps(world: World, ip: string | null): Promise<void> {
  await world.limits.subscribeByCaller(ip ?? 'unknown')
  await world.limits.subscribeInAll('all')
}

const tag = 'Subscriptions'

export const subscriptionRoutes = [
  route({
    method: 'POST',
    path: '/subscriptions',
    door: 'api',
    access: 'anyone',
    crossSite: true,
    summary: 'Sign up by email or SMS; the answer is the same for every address',
    tag,
    body: subscribeInput,
    answer: { status: 202, schema: z.strictObject({ status: z.literal('pending'), detail: z.string() }) },
    handle: async ({ world, acting, body }) => {
      await limitSignUps(world, acting.actor.ip)
      await subscribe(acting, body)
      return json(202, PENDING)
    },
  }),
  route({
    method: 'POST',
    path: '/subscriptions/confirmations',
    door: 'api',
    access: 'anyone',
    crossSite: true,
    summary: 'Confirm an SMS subscription with its six digits',
    tag,
    body: confirmByCodeInput,
    answer: {
      status: 200,
      schema: z.strictObject({ status: z.literal('confirmed'), subscriber_id: z.string() }),
    },
    handle: async ({ acting, body }) =>
      json(200, { status: 'confirmed', subscriber_id: await confirmByCode(acting, body) }),
  }),
]
