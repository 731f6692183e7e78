import { isSignedBySendgrid } from '../../delivery/sendgrid-signature.ts'
import { readPostmark } from '../../domain/provider-reports/postmark.ts'
import { readSendgrid } from '../../domain/provider-reports/sendgrid.ts'
import { readSes } from '../../domain/provider-reports/ses.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Report } from '../../domain/report.ts'
import { isTooLate } from '../../domain/report-time.ts'
import { sameText } from '../../domain/signature.ts'
import { parsedJson } from '../input.ts'
import { type Call, route } from '../route.ts'
import { takeReports, takeReturnedMail } from '../take-reports.ts'

const shared = {
  method: 'POST',
  door: 'hook',
  access: 'anyone',
  crossSite: true,
  provesItself: true,
  tag: 'Hooks',
  // A report may bring the whole message back, and providers post events by the hundred.
  mostBytes: 1024 * 1024,
} as const

const taken = (): Response => new Response(null, { status: 202 })

/** The key that a setting holds, when the address carries the same; refuses anything else. */
function requireKey({ request }: Call, key: string | null, setting: string): void {
  if (key === null) throw new Refusal('not_found', `This hook is not set up here: ${setting} is not set.`)
  if (!sameText(new URL(request.url).searchParams.get('key') ?? '', key))
    throw new Refusal('forbidden', 'The key in the address is not the right one.')
}

/** What a provider posted, read; refuses what is not JSON or has another shape. */
function reportsIn(text: string, read: (value: unknown) => Report[] | null): Report[] {
  const reports = read(parsedJson(text))
  if (reports === null) throw new Refusal('malformed', 'This is not what the provider is known to send.')
  return reports
}

export const mailHookRoutes = [
  route({
    ...shared,
    path: '/hooks/email/mime',
    summary: 'A mail that came in, raw: bounces (RFC 3464), complaints (RFC 5965), answers of responders to alerts',
    handle: async (call: Call<undefined, undefined>) => {
      requireKey(call, call.world.returns.inboundMailKey, 'INBOUND_MAIL_KEY')
      await takeReturnedMail(call.world, Buffer.from(String(call.body)), { recipients: [], sender: null })
      return taken()
    },
  }),
  route({
    ...shared,
    path: '/hooks/email/ses',
    summary: 'Bounces, complaints and deliveries by Amazon SES, through SNS',
    handle: async (call: Call<undefined, undefined>) => {
      const { returns, db, clock, log } = call.world
      if (!returns.ses) throw new Refusal('not_found', 'This hook is not set up here: SES_TOPIC_ARN is not set.')
      const post = await returns.ses.read(String(call.body), await clock(db))
      if ('refused' in post) throw new Refusal('forbidden', post.refused)
      if ('subscribed' in post) log.warn({ source: 'ses', subscribed: post.subscribed }, 'the subscription has changed')
      else
        await takeReports(
          call.world,
          reportsIn(post.message, (value) => readSes(value, returns.bounceDomain)),
        )
      return taken()
    },
  }),
  route({
    ...shared,
    path: '/hooks/email/sendgrid',
    summary: 'Events by SendGrid, signed',
    handle: async (call: Call<undefined, undefined>) => {
      await requireSendgrid(call)
      await takeReports(call.world, reportsIn(String(call.body), readSendgrid))
      return taken()
    },
  }),
  route({
    ...shared,
    path: '/hooks/email/postmark',
    summary: 'Bounces, complaints and deliveries by Postmark',
    handle: async (call: Call<undefined, undefined>) => {
      requireKey(call, call.world.returns.postmarkHookKey, 'POSTMARK_HOOK_KEY')
      await takeReports(call.world, reportsIn(String(call.body), readPostmark))
      return taken()
    },
  }),
]

/** Refuses what SendGrid did not sign, or signed longer ago than it tries again for. */
async function requireSendgrid({ world, request, body }: Call): Promise<void> {
  const { sendgridPublicKey } = world.returns
  if (sendgridPublicKey === null)
    throw new Refusal('not_found', 'This hook is not set up here: SENDGRID_PUBLIC_KEY is not set.')
  const timestamp = request.headers.get('x-twilio-email-event-webhook-timestamp') ?? ''
  const signature = request.headers.get('x-twilio-email-event-webhook-signature') ?? ''
  if (!isSignedBySendgrid(sendgridPublicKey, timestamp, String(body), signature))
    throw new Refusal('forbidden', 'This was not signed by SendGrid with the key that is set here.')
  if (isTooLate(new Date(Number(timestamp) * 1000), await world.clock(world.db)))
    throw new Refusal('forbidden', 'This was signed too long ago, or in the future.')
}
