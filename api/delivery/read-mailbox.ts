import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ParsedMail, parseOwnMail } from '../domain/own-mail.ts'

/** One message of the local mailbox; `id` is the delivery's. */
export interface MailboxEntry {
  id: string
  at: string
  channel: 'email' | 'sms'
  purpose: string
  to: string
  /** The subject, or the beginning of an SMS. */
  summary: string
}

/** A message opened. `html` is null for SMS. */
export interface MailboxMessage extends MailboxEntry {
  headers: { name: string; value: string }[]
  text: string
  html: string | null
  /** The file as it stands. */
  raw: string
}

const NAME = /^(\d{8}T\d{9}Z)-([a-z0-9]{12})\.(eml|json)$/

/** The newest `limit` messages, those before the file `before` (a name) when given; newest first. */
export async function listMailbox(
  folder: string,
  { limit = 50, before = null }: { limit?: number; before?: string | null } = {},
): Promise<{ entries: MailboxEntry[]; older: string | null }> {
  const names = (await namesIn(folder)).filter((name) => before === null || name < before)
  const shown = names.slice(0, limit)
  const entries = await Promise.all(shown.map(async (name) => entryOf(await openMail(folder, name))))
  return { entries, older: names.length > limit ? shown.at(-1)! : null }
}

/** One message by its delivery's id; null when there is none. */
export async function readMail(folder: string, id: string): Promise<MailboxMessage | null> {
  const name = (await namesIn(folder)).find((each) => NAME.exec(each)?.[2] === id)
  return name ? openMail(folder, name) : null
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
}

const entryOf = ({ id, at, channel, purpose, to, summary }: MailboxMessage): MailboxEntry => ({
  id,
  at,
  channel,
  purpose,
  to,
  summary,
})

async function openMail(folder: string, name: string): Promise<MailboxMessage> {
  const [, stamp, id, ending] = NAME.exec(name)!
  const raw = await readFile(join(folder, name), 'utf8')
  const named = { id: id!, at: timeIn(stamp!), raw }
  return ending === 'eml' ? mailOf(named, parseOwnMail(raw)) : smsOf(named)
}

const timeIn = (stamp: string): string =>
  stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z$/, '$1-$2-$3T$4:$5:$6.$7Z')

function mailOf(named: { id: string; at: string; raw: string }, mail: ParsedMail): MailboxMessage {
  const header = (name: string) => mail.headers.find((each) => each.name.toLowerCase() === name)?.value ?? ''
  return {
    ...named,
    channel: 'email',
    purpose: header('x-sitrep-purpose'),
    to: header('x-sitrep-envelope-to'),
    summary: header('subject'),
    ...mail,
  }
}

function smsOf(named: { id: string; at: string; raw: string }): MailboxMessage {
  const { body, purpose, to, ...rest } = JSON.parse(named.raw) as Record<string, string>
  const headers = Object.entries(rest).map(([name, value]) => ({ name, value: String(value) }))
  const summary = body!.length > 80 ? `${body!.slice(0, 79)}…` : body!
  return { ...named, channel: 'sms', purpose: purpose!, to: to!, summary, headers, text: body!, html: null }
}
