import { recordsAbout, type Subscriber } from '../../../db/queries/subscribers.ts'
import { eraseByLink } from '../../actions/erase-subscriber.ts'
import {
  changePreferences,
  changePreferencesInput,
  manageUrlBehind,
  pauseSubscription,
  resumeSubscription,
  subscriberManaged,
} from '../../actions/manage-subscription.ts'
import { parseAddress } from '../../domain/address.ts'
import { maskAddress } from '../../domain/mask.ts'
import { type FieldError, refuseField } from '../../domain/refusal.ts'
import { PAUSES, type Pause } from '../../domain/subscription.ts'
import { attempt } from '../console/page.ts'
import { checked } from '../input.ts'
import { managePage, type Shown } from '../manage-page.ts'
import { ownData } from '../present/own-data.ts'
import { type Call, json, route } from '../route.ts'
import { publicNow } from '../snapshot-now.ts'
import { actionOf, PRIVATE, page, tokenOf } from '../subscription-answers.ts'
import { languageIn, preferencesIn, typedPreferences } from '../subscription-forms.ts'

const shared = { door: 'public', access: 'anyone', tag: 'Subscriptions' } as const

const subscriberIn = (call: Call): Promise<Subscriber> => subscriberManaged(call.acting, call.acting.db, tokenOf(call))

async function show(call: Call, shown: Shown, status = 200): Promise<Response> {
  const subscriber = await subscriberIn(call)
  const language = languageIn(subscriber.locale)
  return page(call, language, '/subscription/manage', await managePage(call, subscriber, shown), status)
}

async function save(call: Call): Promise<Response> {
  const { acting, form } = call
  const followed = form.followed ? form.followed.split(',') : []
  const asked = { ...preferencesIn(form), only_followed: form.only_followed === 'true', followed }
  const done = await attempt(async () =>
    changePreferences(acting, tokenOf(call), checked(changePreferencesInput, asked)),
  )
  if ('done' in done) return show(call, { notice: 'saved' })
  return show(call, { typed: typedPreferences(form), errors: done.refused.errors }, 422)
}

async function pause(call: Call): Promise<Response> {
  const length = Object.keys(PAUSES).find((each) => each === call.form.for) as Pause | undefined
  if (!length && call.form.for !== 'none') throw refuseField('for', 'invalid_value', 'Use day, week, month or none.')
  if (!length) await resumeSubscription(call.acting, tokenOf(call))
  else await pauseSubscription(call.acting, tokenOf(call), length)
  return show(call, { notice: length ? 'paused' : 'resumed' })
}

async function download(call: Call): Promise<Response> {
  const subscriber = await subscriberIn(call)
  const typed = call.form.address?.trim() ?? ''
  const wrong = typed === '' ? null : await wrongAddress(call, subscriber, typed)
  if (wrong) return show(call, { errors: [wrong] }, 422)
  const data = ownData(subscriber, await recordsAbout(call.acting.db, subscriber), typed !== '')
  return json(200, data, {
    'content-disposition': 'attachment; filename="my-data.json"',
    'referrer-policy': 'no-referrer',
  })
}

/** Whoever knows the address is told it; guessing is worth five tries an hour. */
async function wrongAddress(
  { world, acting }: Call,
  { id, channel, addressKey }: Subscriber,
  typed: string,
): Promise<FieldError | null> {
  await world.limits.addressByLink(id)
  const parsed = parseAddress(channel, typed, acting.webhookAllow)
  if ('key' in parsed && parsed.key === addressKey) return null
  return { field: 'address', code: 'address_differs', message: 'This link belongs to another address.' }
}

async function erasePage(call: Call): Promise<Response> {
  const subscriber = await subscriberIn(call)
  const { company } = await publicNow(call.world)
  return page(call, languageIn(subscriber.locale), '/subscription/erase', {
    company,
    step: 'ask',
    action: actionOf(call),
    address: maskAddress(subscriber.address),
  })
}

async function erase(call: Call): Promise<Response> {
  const { locale } = await subscriberIn(call)
  await eraseByLink(call.acting, tokenOf(call))
  const { company } = await publicNow(call.world)
  const handed = { company, step: 'done', action: actionOf(call), address: '' } as const
  return page(call, languageIn(locale), '/subscription/erase', handed)
}

export const managePageRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/s/:token',
    summary: 'The short link of a text message, to the choices of its reader; changes nothing',
    handle: async ({ acting, params }) => {
      const location = await manageUrlBehind(acting, acting.db, params.token!)
      return new Response(null, { status: 303, headers: { location, ...PRIVATE } })
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/manage',
    summary: "The reader's own choices; changes nothing",
    handle: (call) => show(call, {}),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/manage',
    summary: 'Changes what the reader hears',
    handle: save,
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/manage/pause',
    summary: 'Sends nothing for a day, a week or a month; or again',
    handle: pause,
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/manage/data',
    summary: 'Everything that is kept about the reader, as JSON',
    handle: download,
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/subscriptions/manage/erase',
    summary: 'Shows the button that erases; changes nothing',
    handle: erasePage,
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/subscriptions/manage/erase',
    summary: 'Deletes everything that is kept about the reader',
    handle: erase,
  }),
]
