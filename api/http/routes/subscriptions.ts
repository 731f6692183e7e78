import { z } from 'zod'
import { confirmByCode, confirmByCodeInput } from '../../actions/confirm-subscription.ts'
import { type Subscribe, subscribe, subscribeInput } from '../../actions/subscribe.ts'
import { numberRange, parsePhone } from '../../domain/address.ts'
import { Refusal } from '../../domain/refusal.ts'
import { problemResponse } from '../answers.ts'
import { type Call, json, route } from '../route.ts'

/** Always the same, whoever asks (standards X4). */
export const PENDING = {
  status: 'pending',
  detail: 'If this address can be reached, it will receive a message with the next step.',
}

/** Takes a point from the caller's purse and from everybody's (standards X5). */
export async function limitSignUps({ world, acting }: Pick<Call, 'world' | 'acting'>): Promise<void> {
  await world.limits.subscribeByCaller(acting.actor.ip ?? 'unknown')
  await world.limits.subscribeInAll('all')
}

/**
 * Takes from the purses that stand against pumping, before a text is asked for (standards S22): the caller's own refuses
 * with 429. That of the number's range answers false: then nothing is sent, and the answer stays the same.
 */
export async function mayTextTo(
  { world, acting }: Pick<Call, 'world' | 'acting'>,
  { channel, address, consent }: Pick<Subscribe, 'channel' | 'address' | 'consent'>,
): Promise<boolean> {
  const number = channel === 'sms' && consent ? parsePhone(address) : null
  if (!number || 'refused' in number) return true
  await world.limits.textsByCaller(acting.actor.ip ?? 'unknown')
  try {
    await world.limits.textsByRange(numberRange(number.key))
    await world.limits.textsInAll('all')
    return true
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal
    world.log.warn({ range: numberRange(number.key) }, 'too many sign-ups by SMS; no code was sent')
    return false
  }
}

/** A wrong code counts: its refusal is an answer like any other, and takes nothing back. */
function refusalAsAnswer(refusal: unknown): Response {
  if (refusal instanceof Refusal) return problemResponse(refusal)
  throw refusal
}

const tag = 'Subscriptions'

export const subscriptionRoutes = [
  route({
    method: 'POST',
    path: '/subscriptions',
    door: 'api',
    access: 'anyone',
    crossSite: true,
    summary: 'Sign up by email, SMS or webhook; the answer is the same for every address',
    tag,
    body: subscribeInput,
    answer: { status: 202, schema: z.strictObject({ status: z.literal('pending'), detail: z.string() }) },
    limit: limitSignUps,
    handle: async ({ world, acting, body }) => {
      if (await mayTextTo({ world, acting }, body)) await subscribe(acting, body)
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
    handle: ({ acting, body }) =>
      confirmByCode(acting, body).then(
        (subscriberId) => json(200, { status: 'confirmed', subscriber_id: subscriberId }),
        refusalAsAnswer,
      ),
  }),
]
