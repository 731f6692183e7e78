import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ReceivedMail } from '../smtp.ts'
import type { SentSms } from '../twilio.ts'

/** One message as it reached a reader. */
export interface Heard {
  deliveryId: string
  /** What must be the same in every copy: the Message-ID and every byte of the body. */
  copy: string
}

/** `Message-ID: <delivery id@…>`: the delivery that a mail is of. */
export const deliveryOfMail = ({ mail }: Pick<ReceivedMail, 'mail'>): string => mail.messageId!.slice(1).split('@')[0]!

export const heardMail = (mail: ReceivedMail): Heard => ({
  deliveryId: deliveryOfMail(mail),
  copy: `${mail.mail.messageId} ${mail.to.join()} ${mail.raw.slice(mail.raw.indexOf('\r\n\r\n'))}`,
})

export const heardText = ({ params, to, body }: SentSms): Heard => ({
  deliveryId: new URL(params.StatusCallback!).searchParams.get('delivery')!,
  copy: `${to} ${body}`,
})

const NAME = /^\d{8}T\d{9}Z-(\w+)\.(eml|json)$/

/** These deliveries in the mailbox of a folder, in the order in which its files were written; each must be whole. */
export async function heardInMailbox(
  folder: string,
  ids: ReadonlySet<string>,
): Promise<{ mails: Heard[]; texts: Heard[] }> {
  const names = (await readdir(folder)).filter((name) => ids.has(NAME.exec(name)?.[1] ?? ''))
  const files = await Promise.all(names.map((name) => fileOf(join(folder, name), name)))
  files.sort((a, b) => (a.writtenAt < b.writtenAt ? -1 : 1))
  const of = (kind: string) => files.filter((file) => file.kind === kind)
  return { mails: of('eml'), texts: of('json') }
}

async function fileOf(path: string, name: string) {
  const [, deliveryId, kind] = NAME.exec(name)!
  const text = await readFile(path, 'utf8')
  const whole = kind === 'json' ? text.endsWith('}\n') : /--[^\r\n]+--\r\n$/.test(text)
  if (!whole) throw new Error(`${name} in the mailbox is not whole: ${JSON.stringify(text.slice(-40))}`)
  const { mtimeNs } = await stat(path, { bigint: true })
  return { deliveryId: deliveryId!, copy: text, writtenAt: mtimeNs, kind: kind! }
}
