import type { Story } from './service.ts'
import { post } from './storytelling.ts'
import { signed, type TestTwilio } from './twilio.ts'

let sids = 0

/** What Twilio posts when somebody writes to us; `forged` signs it with another token. */
export function inboundSms(
  story: Pick<Story, 'url' | 'visit'>,
  twilio: Pick<TestTwilio, 'accountSid' | 'authToken'>,
  from: string,
  body: string,
  { forged = false, sid = `SMin${sids++}` } = {},
): Promise<Response> {
  const params = { MessageSid: sid, From: from, To: '+15005550006', Body: body, AccountSid: twilio.accountSid }
  const token = forged ? 'another token' : twilio.authToken
  const signature = signed(`${story.url}/hooks/twilio/inbound`, params, token)
  return post(story, '/hooks/twilio/inbound', params, { 'x-twilio-signature': signature })
}
