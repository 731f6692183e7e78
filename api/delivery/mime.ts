import { createHash } from 'node:crypto'
import MailComposer from 'nodemailer/lib/mail-composer'
import * as quotedPrintable from 'nodemailer/lib/qp'
import type { MailMessage } from './channel.ts'
import { canonicalBody, type Signer } from './dkim.ts'
import { fingerprint, type Letter, mark, type OwnWords, splitAtMarks } from './letter.ts'

/** A piece that all readers share, or the name of what is put in its place for each. */
type Piece = Buffer | { own: string }

/** A letter as MIME, made once: for each reader only the gaps are filled (standards E23). */
interface Form {
  head: Piece[]
  body: Piece[]
  /** The body as DKIM hashes it; gaps hold nothing that would read differently there. */
  signedBody: Piece[]
}

/** Quoted-printable allows 76 characters a line with the `=` that joins it to the next (RFC 2045 §6.7). */
const LINE = 75
const JOIN = '=\r\n'

const forms = new WeakMap<Letter, Promise<Form>>()

/** The finished message as it goes over the wire, signed if a signer is given: the same bytes at every attempt. */
export async function mimeOf(message: MailMessage, signer: Signer | null = null): Promise<Buffer> {
  const form = await formOf(message.letter)
  const own = {
    ...message.own,
    to: message.to,
    message_id: message.messageId,
    date: message.queuedAt.toUTCString().replace('GMT', '+0000'),
  }
  const head = filled(form.head, own, (text) => text)
  const body = filled(form.body, own, encoded)
  if (!signer) return Buffer.concat([...head, ...body])
  const hash = createHash('sha256')
  for (const piece of filled(form.signedBody, own, encoded)) hash.update(piece)
  const signature = await signer(Buffer.concat(head).toString('utf8'), hash.digest('base64'), message.queuedAt)
  return Buffer.concat([Buffer.from(signature), ...head, ...body])
}

function formOf(letter: Letter): Promise<Form> {
  const known = forms.get(letter)
  if (known) return known
  const form = makeForm(letter)
  forms.set(letter, form)
  return form
}

async function makeForm(letter: Letter): Promise<Form> {
  const mime = (await new MailComposer(optionsOf(letter)).compile().build()).toString('latin1')
  const bodyAt = mime.indexOf('\r\n\r\n') + 4
  const body = mime.slice(bodyAt)
  return {
    // The library makes addresses of what it is given as recipient: it is not given one.
    head: pieces(`To: ${mark('to')}\r\n${mime.slice(0, bodyAt)}`),
    body: pieces(body),
    signedBody: pieces(canonicalBody(body)),
  }
}

const pieces = (text: string): Piece[] =>
  splitAtMarks(text).map((part, at) => (at % 2 === 0 ? Buffer.from(part, 'latin1') : { own: part }))

/**
 * The letter as the mail library takes it, without a recipient and with both bodies ready as they stand.
 * Nothing is ever fetched or read from disk for it (standards E22).
 */
const optionsOf = (letter: Letter): ConstructorParameters<typeof MailComposer>[0] => ({
  from: letter.from,
  ...(letter.replyTo ? { replyTo: { name: '', address: letter.replyTo } } : {}),
  ...(letter.threadId ? { inReplyTo: letter.threadId, references: letter.threadId } : {}),
  subject: letter.subject,
  alternatives: [{ raw: part('plain', letter.text) }, { raw: part('html', letter.html) }],
  headers: [
    // The library makes a date of its own of anything but plain text.
    { key: 'Date', value: mark('date') },
    { key: 'Message-ID', value: asItStands(mark('message_id')) },
    ...Object.entries(letter.headers).map(([key, value]) => ({ key, value: asItStands(value) })),
  ] as never,
  disableFileAccess: true,
  disableUrlAccess: true,
  xMailer: false,
  // The same bytes at every attempt, whichever process makes them.
  ...{ baseBoundary: fingerprint(letter) },
})

/** A header that the library is not to fold or encode (standards E9). */
const asItStands = (value: string) => ({ prepared: true, value })

/** One of the twins in quoted-printable, with every mark on a line of its own that decodes to nothing else. */
function part(subtype: 'plain' | 'html', text: string): string {
  const lines = splitAtMarks(text.replace(/\r\n?|\n/g, '\r\n')).map((each, at) =>
    at % 2 === 0 ? encoded(each) : `${JOIN}${mark(each)}${JOIN}`,
  )
  const head = `Content-Type: text/${subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`
  return `${head}${lines.join('')}\r\n`
}

const encoded = (text: string): string => quotedPrintable.wrap(quotedPrintable.encode(text), LINE)

function filled(form: readonly Piece[], own: OwnWords, written: (text: string) => string): Buffer[] {
  return form.map((piece) => {
    if (Buffer.isBuffer(piece)) return piece
    const word = own[piece.own]
    if (word === undefined) throw new Error(`The letter wants ${piece.own}, which this reader's mail does not have.`)
    return Buffer.from(written(word))
  })
}
