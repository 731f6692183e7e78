import { theOrganisation } from '../../../db/queries/people.ts'
import { recordInboundSms } from '../../actions/record-inbound-sms.ts'
import { recordSmsStatus } from '../../actions/record-sms-status.ts'
import { isSignedByTwilio } from '../../delivery/twilio-signature.ts'
import { Refusal } from '../../domain/refusal.ts'
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
      const { log, twilio, templates } = call.world
      const { meaning, language, answered } = await recordInboundSms(call.acting, {
        MessageSid,
        From,
        Body,
        OptOutType,
      })
      if (answered) log.info({ door: 'sms', outcome: answered }, 'a member of staff wrote')
      if (twilio!.optOut === 'twilio' || meaning === 'unmatched') return twiml(null)
      return twiml(
        templates.text(
          `sms/${meaning}`,
          { company: await companyWords(call), url: `${call.world.urls.site}/subscribe` },
          language,
        ),
      )
    },
  }),
]

const companyWords = async ({ world }: Call) => {
  const row = await theOrganisation(world.db)
  return { name: row?.name ?? 'Sitrep', support_url: row?.supportUrl ?? null }
}
