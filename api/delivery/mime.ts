import type { SendMailOptions } from 'nodemailer'
import MailComposer from 'nodemailer/lib/mail-composer'
import type { MailMessage } from './channel.ts'

/**
 * The message as the mail library takes it. The recipient is given as an object and once more as the envelope, because
 * the library parses strings and would find further recipients in them (standards T0.3, E20); nothing is ever fetched or
 * read from disk for it (E22).
 */
export const mailOptions = (message: MailMessage): SendMailOptions => ({
  from: message.from,
  to: plain(message.to),
  envelope: { from: plain(message.envelopeFrom), to: [plain(message.to)] } as unknown as SendMailOptions['envelope'],
  ...(message.replyTo ? { replyTo: plain(message.replyTo) } : {}),
  ...(message.threadId ? { inReplyTo: message.threadId, references: message.threadId } : {}),
  messageId: message.messageId,
  date: message.queuedAt,
  subject: message.subject,
  text: message.text,
  html: message.html,
  // Ready as they stand: the library would fold and re-encode them (standards E9).
  headers: Object.entries(message.headers).map(([key, value]) => ({ key, value: { prepared: true, value } })) as never,
  disableFileAccess: true,
  disableUrlAccess: true,
  xMailer: false,
  // The same bytes at every attempt.
  ...{ baseBoundary: message.deliveryId },
})

const plain = (address: string) => ({ name: '', address })

/** The finished message, as it would go over the wire (unsigned). */
export const compileMail = (message: MailMessage): Promise<Buffer> =>
  new MailComposer(mailOptions(message)).compile().build()
