import { confirmByCode, confirmByLink, signUpOf } from '../../actions/confirm-subscription.ts'
import { endByLink, subscriberOfLink } from '../../actions/end-subscription.ts'
import { subscribe, subscribeInput } from '../../actions/subscribe.ts'
import type { Step, SubscribeForm } from '../../domain/pages.ts'
import { Refusal } from '../../domain/refusal.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { FORM_CHANNELS } from '../../domain/subscription-pages.ts'
import { checked } from '../input.ts'
import { type Call, json, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { actionOf, html, prefersJson, tokenOf } from '../subscription-answers.ts'
import { limitSignUps } from './subscriptions.ts'

const tag = 'Subscriptions'
const shared = { door: 'public', access: 'anyone', tag } as const

/** The form says that it asks; a client that does not know the question hears of planned work, as by default. */
const wantsMaintenance = (form: Record<string, string>): boolean =>
  form.asks_maintenance === undefined || form.maintenance === 'true'

/** The form's fields as the action takes them. */
const askedFor = (form: Record<string, string>) => ({
  channel: form.channel,
  address: form.address ?? '',
  components: form.components ? form.components.split(',') : [],
  min_severity: form.min_severity || undefined,
  events: form.events || undefined,
  maintenance: wantsMaintenance(form),
  consent: form.consent === 'true' || form.consent === 'on' || form.consent === '1',
  contact: form.contact || undefined,
})

/** The form as it was typed, for showing it again. */
const typed = (form: Record<string, string>): SubscribeForm => ({
  channel: FORM_CHANNELS.find((channel) => channel === form.channel) ?? 'email',
  address: form.address ?? '',
  components: form.components ? form.components.split(',') : [],
  minSeverity: SEVERITIES.find((severity) => severity === form.min_severity) ?? 'SEV4',
  events: form.events === 'milestones' ? 'milestones' : 'all',
  maintenance: wantsMaintenance(form),
  consent: askedFor(form).consent,
  contact: form.contact ?? '',
})

async function signUp(call: Call): Promise<Response> {
  const { world, acting, form } = call
  try {
    await subscribe(acting, checked(subscribeInput, askedFor(form)))
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.kind !== 'invalid') throw refusal
    const { company, groups } = await publicNow(world)
    const page = { company, groups, form: typed(form), errors: refusal.errors }
    return html(await world.render('/subscription/refused', page), 422)
  }
  return pending(call, [])
}

async function pending({ world, form }: Call, errors: Refusal['errors'], status = 202): Promise<Response> {
  const { company } = await publicNow(world)
  const { channel, address } = typed(form)
  const page = { company, channel, address, errors }
  return html(await world.render('/subscription/pending', page), status)
}

async function codeTyped(call: Call): Promise<Response> {
  const { acting, form } = call
  try {
    await confirmByCode(acting, { channel: 'sms', address: form.address ?? '', code: form.code ?? '' })
  } catch (refusal) {
    if (!(refusal instanceof Refusal) || refusal.kind !== 'invalid') throw refusal
    return pending({ ...call, form: { ...form, channel: 'sms' } }, refusal.errors, 422)
  }
  return confirmed(call, 'done')
}

async function confirmed(call: Call, step: Step): Promise<Response> {
  const { company, incidents } = await publicNow(call.world)
  const page = { company, step, action: actionOf(call), incidents: step === 'done' ? incidents : [] }
  return html(await call.world.render('/subscription/confirm', page))
}

export const subscriptionPageRoutes = [
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
    method: 'POST',
    path: '/subscriptions/confirmations',
    crossSite: true,
    summary: 'Confirm with the six digits from the form',
    handle: codeTyped,
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/confirm',
    summary: 'Shows the button that confirms; changes nothing',
    handle: async (call) => {
      await call.acting.db.transaction((tx) => signUpOf(call.acting, tx, tokenOf(call)))
      return confirmed(call, 'ask')
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
      return confirmed(call, 'done')
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/unsubscribe',
    summary: 'Shows the button that unsubscribes; changes nothing',
    handle: async (call) => {
      subscriberOfLink(call.acting.secrets, tokenOf(call))
      return unsubscribePage(call, 'ask')
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/unsubscribe',
    crossSite: true,
    provesItself: true,
    summary: 'Unsubscribes at once, by one click (RFC 8058)',
    handle: async (call) => {
      await endByLink(call.acting, tokenOf(call))
      return unsubscribePage(call, 'done')
    },
  }),
]

async function unsubscribePage(call: Call, step: Step): Promise<Response> {
  if (prefersJson(call.request)) return json(200, { status: step === 'done' ? 'unsubscribed' : 'subscribed' })
  const { company } = await publicNow(call.world)
  return html(await call.world.render('/subscription/unsubscribe', { company, step, action: actionOf(call) }))
}
