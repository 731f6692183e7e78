import { createHash } from 'node:crypto'
import EmailReplyParser from 'email-reply-parser'
import type { Email } from 'postal-mime'
import { codeOfReplyAddress } from '../domain/reply.ts'

/** A mail that a person wrote, as far as it may answer an alert. */
export interface ReplyMail {
  /** Whom its From names; anybody can write that. */
  from: string
  /** The code in the address that it was sent to; null where there is none. */
  addressed: string | null
  /** What they wrote, without the mail that they answered and without their signature. */
  text: string
  /** The same for the same mail, heard twice. */
  id: string
}

/** More of a mail is not looked at; an update has at most 5,000 characters. */
const MOST_READ = 20_000

/**
 * Reads a mail as an answer to an alert; or says why it is none. What a machine wrote is no answer: it says so itself, or
 * was sent by nobody (RFC 3834; standards E14). `sender` is that of the envelope, null where it is not known.
 */
export function readReplyMail(
  mail: Email,
  {
    raw,
    recipients,
    sender,
    bounceDomain,
  }: {
    raw: string | Buffer
    recipients: readonly string[]
    sender: string | null
    bounceDomain: string | null
  },
): { reply: ReplyMail } | { ignored: string } {
  const from = mail.from && 'address' in mail.from ? mail.from.address : undefined
  if (!from) return { ignored: 'it is no report' }
  if (isAutomatic(mail, sender)) return { ignored: 'a machine wrote it' }
  const codes = bounceDomain === null ? [] : recipients.map((each) => codeOfReplyAddress(each, bounceDomain))
  return {
    reply: {
      from,
      addressed: codes.find((code) => code !== null) ?? null,
      text: new EmailReplyParser().parseReply((mail.text ?? '').slice(0, MOST_READ)),
      id: `mail:${createHash('sha256')
        .update(mail.messageId ?? raw)
        .digest('hex')}`,
    },
  }
}

function isAutomatic(mail: Email, sender: string | null): boolean {
  const field = (name: string) =>
    mail.headers
      .find(({ key }) => key === name)
      ?.value.trim()
      .toLowerCase() ?? null
  const submitted = field('auto-submitted')
  return (
    (sender ?? field('return-path')?.replace(/[<>]/g, '')) === '' ||
    (submitted !== null && !/^no\b/.test(submitted)) ||
    ['bulk', 'list', 'junk'].includes(field('precedence') ?? '') ||
    field('list-id') !== null
  )
}
