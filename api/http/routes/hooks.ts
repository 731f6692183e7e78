import { theOrganisation } from '../../../db/queries/people.ts'
import { type HeardSms, recordInboundSms } from '../../actions/record-inbound-sms.ts'
import { recordSmsStatus } from '../../actions/record-sms-status.ts'
import { isSignedByTwilio } from '../../delivery/twilio-signature.ts'
import { Refusal } from '../../domain/refusal.ts'
import { shortManageUrl } from '../../domain/subscription-links.ts'
import { type Call, route } from '../route.ts'

const shared = {
  method: 'POST',
  door: 'hook',
  access: 'anyone',
  crossSite: true,
  provesItself: true,
  tag: 'Hooks',
} as const

/** An empty answer in Twilio's language, or one text to send back. */
const twiml = (text: string | null): Response => {
  const message = text === null ? '' : `<Message>${escapeXml(text)}</Message>`
  return new Response(`<?xml version="1.0" encoding="UTF-8"?><Response>${message}</Response>`, {
    headers: { 'content-type': 'text/xml; charset=utf-8' },
  })
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The form fields of a request that Twilio signed; anything else is refused and changes nothing (standards S11, S12). */
function signedFields({ world, request, body }: Call): Record<string, string> {
  const { pathname, search } = new URL(request.url)
  const fields = Object.fromEntries(new URLSearchParams(String(body)))
  const signature = request.headers.get('x-twilio-signature') ?? undefined
  if (!world.twilio) throw new Refusal('not_found', 'SMS by Twilio is not set up here.')
  if (!isSignedByTwilio(world.twilio.authToken, world.urls.api, pathname + search, fields, signature))
    throw new Refusal('forbidden', 'This was not signed by Twilio for this address.')
  return fields
}

export const hookRoutes = [
  route({
    ...shared,
    path: '/hooks/twilio/status',
    summary: 'What became of a text message',
    handle: async (call: Call<undefined, undefined>) => {
      const { MessageSid = '', MessageStatus = '', ErrorCode } = signedFields(call)
      const delivery = new URL(call.request.url).searchParams.get('delivery') ?? ''
      await recordSmsStatus(call.world, { delivery, MessageSid, MessageStatus, ErrorCode })
      return new Response(null, { status: 202 })
    },
  }),
  route({
    ...shared,
    path: '/hooks/twilio/inbound',
    summary:
      "A text message to us: STOP ends the subscription at once, a responder's answer to an alert becomes the update",
    handle: async (call: Call<undefined, undefined>) => {
      const { MessageSid = '', From = '', Body = '', OptOutType } = signedFields(call)
      const heard = await recordInboundSms(call.acting, { MessageSid, From, Body, OptOutType })
      const { answered: outcome } = heard
      if (outcome) call.world.log.info({ door: 'sms', outcome }, 'a member of staff wrote')
      return twiml(await answerTo(call, heard))
    },
  }),
]

/** What is texted back; null where nothing is, or Twilio answers by itself (standards S17). */
async function answerTo(call: Call, { meaning, language, subscriberId }: HeardSms): Promise<string | null> {
  const { templates, urls, twilio, clock, db } = call.world
  if (meaning === 'unmatched' || (meaning === 'manage' && subscriberId === null)) return null
  if (meaning !== 'manage' && twilio!.optOut === 'twilio') return null
  const manage_url = subscriberId && shortManageUrl(call.world, subscriberId, await clock(db))
  const words = { company: await companyWords(call), url: `${urls.site}/subscribe`, manage_url }
  return templates.text(`sms/${meaning}`, words, language)
}

const companyWords = async ({ world }: Call) => {
  const row = await theOrganisation(world.db)
  return { name: row?.name ?? 'Sitrep', support_url: row?.supportUrl ?? null }
}
