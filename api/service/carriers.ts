import { readFileSync } from 'node:fs'
import { BadSettings, type Config } from '../config.ts'
import type { Carriers } from '../delivery/channel.ts'
import { localSender } from '../delivery/compose.ts'
import type { Sender } from '../delivery/composing.ts'
import { type DkimSettings, dkimProblem } from '../delivery/dkim.ts'
import { smtpCarrier } from '../delivery/email.ts'
import { mailboxForMail, mailboxForSms } from '../delivery/mailbox.ts'
import { twilioCarrier } from '../delivery/sms.ts'
import { webhookCarrier } from '../delivery/webhook.ts'

/** The carriers that the settings name; the local mailbox where they name none. Refuses a DKIM key that does not sign. */
export async function openCarriers(config: Config): Promise<Carriers> {
  const dkim = await readDkim(config)
  return {
    email: config.mail
      ? smtpCarrier({ ...config.mail, login: config.secrets.smtpLogin, dkim })
      : mailboxForMail(config.data.mailbox),
    sms: config.sms
      ? twilioCarrier({
          ...config.sms,
          authToken: config.secrets.twilioAuthToken!,
          segmentsPerSecond: config.smsRules.segmentsPerSecond,
        })
      : mailboxForSms(config.data.mailbox),
    webhook: webhookCarrier({ allow: config.webhookAllow }),
  }
}

async function readDkim({ dkim }: Config): Promise<DkimSettings | null> {
  if (!dkim) return null
  const { domain, selector, keyFile } = dkim
  const settings = { domain, selector, privateKey: readFileSync(keyFile, 'utf8') }
  const problem = await dkimProblem(settings)
  if (problem) throw new BadSettings([{ setting: 'DKIM_KEY_FILE', message: problem }])
  return settings
}

/** Who our mail comes from. */
export function senderOf({ mail, bounces, urls }: Config): Sender {
  const { from, fromConfirm } = mail ?? localSender(urls.site)
  return { from, fromConfirm, bounceDomain: bounces.domain, unsubscribeMailto: bounces.unsubscribeMailto }
}
