import { mkdirSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outcome } from '../domain/attempt.ts'
import type { Carrier, MailMessage, Message, SmsMessage } from './channel.ts'
import { mimeOf } from './mime.ts'

/** Where no carrier is set, mail becomes files in `folder` (contract section 6), readable in the console. */
export const mailboxForMail = (folder: string): Carrier<MailMessage> => mailbox('email', folder, mailFile)

/** The same for SMS: one JSON file each. */
export const mailboxForSms = (folder: string): Carrier<SmsMessage> =>
  mailbox('sms', folder, async (sms) => smsFile(sms))

function mailbox<M extends Message>(
  channel: M['channel'],
  folder: string,
  contents: (message: M) => Promise<Buffer | string>,
): Carrier<M> {
  // Addresses, codes and links to sign in with: for the service's own account alone.
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    channel,
    name: 'mailbox',
    slots: { staff: 2, executive: 2, public: 8 },
    slotsOverall: false,
    perSecond: null,
    send: async (message) => put(folder, message, await contents(message)),
    close: async () => {},
  }
}

/** The name is the same at every attempt, so a second one replaces the first: never two files of one delivery. */
async function put(folder: string, message: Message, contents: Buffer | string): Promise<Outcome> {
  const name = mailboxName(message)
  const aside = join(folder, `.${name}.${process.pid}.part`)
  try {
    await writeFile(aside, contents)
    await rename(aside, join(folder, name))
    return { kind: 'accepted', providerId: null }
  } catch (error) {
    await rm(aside, { force: true }).catch(() => {})
    return outcomeOfDisk(error)
  }
}

/** A disk that is full or may not be written takes no message at all: the mailbox rests, and no delivery pays for it. */
function outcomeOfDisk(error: unknown): Outcome {
  const { code } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  return { kind: 'channel', code, reason: 'the mailbox folder cannot be written' }
}

/** `20261112T143000123Z-<delivery id>.eml`, or `.json` for SMS. */
export function mailboxName(message: Pick<Message, 'queuedAt' | 'deliveryId' | 'channel'>): string {
  const stamp = message.queuedAt.toISOString().replace(/[-:.]/g, '')
  return `${stamp}-${message.deliveryId}.${message.channel === 'email' ? 'eml' : 'json'}`
}

/** The message as it would have gone over the wire, with its envelope on top. */
async function mailFile(message: MailMessage): Promise<Buffer> {
  const envelope = [
    `X-Sitrep-Envelope-From: ${message.envelopeFrom}`,
    `X-Sitrep-Envelope-To: ${message.to}`,
    `X-Sitrep-Purpose: ${message.purpose}`,
  ]
  return Buffer.concat([Buffer.from(`${envelope.join('\r\n')}\r\n`), await mimeOf(message)])
}

const smsFile = (message: SmsMessage): string =>
  `${JSON.stringify(
    {
      delivery_id: message.deliveryId,
      purpose: message.purpose,
      to: message.to,
      from: 'mailbox',
      body: message.body,
      encoding: message.encoding,
      segments: message.segments,
      status_callback: message.statusCallback,
      validity_period: message.validityPeriod,
      created_at: message.queuedAt.toISOString(),
    },
    null,
    2,
  )}\n`
