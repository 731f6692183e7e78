import { currentPolicy } from '../../../db/queries/cadence.ts'
import { activeOnChannel } from '../../../db/queries/reach.ts'
import { durationOf, millisecondsOf } from '../../domain/duration.ts'
import { about, type Finding } from '../../domain/finding.ts'
import type { Patient } from './patient.ts'

const { ok, warn } = about('sms')
/** The most that one update takes (contract section 6). */
const SEGMENTS = 2

/** Whether the credentials look right, and whether everybody can be texted before the next update is due. */
export async function examineSms(patient: Patient): Promise<Finding[]> {
  return [examineCredentials(patient), await examineRate(patient)]
}

function examineCredentials({ config: { sms, secrets } }: Patient): Finding {
  if (!sms)
    return warn('No SMS carrier is set: texts go to the mailbox and leave nowhere.', 'Set the TWILIO_ settings.')
  const odd = [
    ...(/^AC[0-9a-f]{32}$/.test(sms.accountSid) ? [] : ['TWILIO_ACCOUNT_SID']),
    ...(/^[0-9a-f]{32}$/.test(secrets.twilioAuthToken ?? '') ? [] : ['TWILIO_AUTH_TOKEN']),
    ...(sms.messagingServiceSid === null || /^MG[0-9a-f]{32}$/.test(sms.messagingServiceSid)
      ? []
      : ['TWILIO_MESSAGING_SERVICE_SID']),
  ]
  if (odd.length > 0)
    return warn(
      `${odd.join(' and ')} do not look like Twilio's.`,
      'Copy them anew: 32 hexadecimal digits, after AC or MG.',
    )
  return ok(`Twilio, from ${sms.messagingServiceSid ? 'a messaging service' : 'one sender'}.`)
}

async function examineRate({ db, config: { smsRules } }: Patient): Promise<Finding> {
  const [readers, policy] = [await activeOnChannel(db, 'sms'), await currentPolicy(db)]
  const takes = Math.ceil((readers * SEGMENTS) / smsRules.segmentsPerSecond) * 1000
  const told = `${readers} readers by SMS, up to ${SEGMENTS} segments each at ${smsRules.segmentsPerSecond} a second: ${durationOf(takes)}`
  const within = policy.SEV1.public === null ? null : millisecondsOf(policy.SEV1.public)
  if (within === null || takes <= within) return ok(`${told}.`)
  return warn(
    `${told}, but a SEV1 promises word every ${policy.SEV1.public}.`,
    'Raise SMS_SEGMENTS_PER_SECOND as far as your carrier allows (a short code, toll-free or registered sender).',
  )
}
