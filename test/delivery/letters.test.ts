import { createHash } from 'node:crypto'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, it } from 'vitest'
import type { MailMessage } from '../../api/delivery/channel.ts'
import { canonicalBody } from '../../api/delivery/dkim.ts'
import { mark } from '../../api/delivery/letter.ts'
import { mimeOf } from '../../api/delivery/mime.ts'
import { carrierTo, PLAIN_LETTER } from '../support/delivering.ts'
import { testSmtp } from '../support/smtp.ts'

const URL_OF = (token: string) => `https://status.example.com/subscriptions/unsubscribe?token=${token}`

const message = (given: Partial<MailMessage> = {}): MailMessage => ({
  channel: 'email',
  deliveryId: 'd00000000000',
  purpose: 'update',
  lane: 'public',
  to: 'ada@example.com',
  queuedAt: new Date('2026-11-12T14:04:00Z'),
  envelopeFrom: 'x@example.com',
  messageId: '<d00000000000@example.com>',
  letter: PLAIN_LETTER,
  own: {},
  ...given,
})

/** As a mail reader has it: bodies with the library's own line ends. */
const read = async (mime: Buffer) => {
  const mail = await PostalMime.parse(mime)
  return {
    ...mail,
    text: mail.text!.replace(/\r\n/g, '\n').trimEnd(),
    html: mail.html!.replace(/\r\n/g, '\n').trimEnd(),
  }
}

describe('a letter', () => {
  it('reads as written, whatever is written, with each reader’s own words in it', async () => {
    const words = fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(words, fc.base64String({ minLength: 20, maxLength: 90 }), async (parts, token) => {
        const said = parts.map((part) => part.replace(/\r\n?/g, '\n').replace(/\p{Cc}/gu, (c) => (c === '\n' ? c : '')))
        const text = `a${said.join(mark('unsubscribe_url'))}z`
        const letter = { ...PLAIN_LETTER, text, html: `<p>${mark('unsubscribe_url')}</p>` }
        const own = { unsubscribe_url: URL_OF(token) }
        const mail = await read(await mimeOf(message({ letter, own })))
        expect(mail.text).toBe(`a${said.join(own.unsubscribe_url)}z`.trimEnd())
        expect(mail.html).toBe(`<p>${own.unsubscribe_url}</p>`)
      }),
      { numRuns: 300 },
    )
  })

  it('says when it joined the queue, once, as RFC 5322 has it', async () => {
    const mime = (await mimeOf(message())).toString('latin1')
    expect(mime.match(/^date:.*$/gim)).toEqual(['Date: Thu, 12 Nov 2026 14:04:00 +0000'])
    expect(mime.match(/^message-id:.*$/gim)).toEqual(['Message-ID: <d00000000000@example.com>'])
  })

  it('has no line over what mail allows, and only ASCII', async () => {
    const text = `${'京都'.repeat(400)} ${mark('unsubscribe_url')}\n${'x'.repeat(2000)}`
    const own = { unsubscribe_url: URL_OF('a'.repeat(90)) }
    const mime = await mimeOf(message({ letter: { ...PLAIN_LETTER, text }, own }))
    const lines = mime.toString('latin1').split('\r\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(78)
    expect(mime.toString('latin1')).toMatch(/^[\x09\x0a\x0d\x20-\x7e]*$/)
  })

  it('differs between readers only in what is their own, and not at all between attempts', async () => {
    const letter = {
      ...PLAIN_LETTER,
      text: `x ${mark('unsubscribe_url')}`,
      headers: { 'X-Own': mark('unsubscribe_url') },
    }
    const to = async (name: string, fresh = letter) =>
      (
        await mimeOf(message({ letter: fresh, to: `${name}@x.test`, own: { unsubscribe_url: URL_OF(name) } }))
      ).toString()
    expect((await to('bob')).replaceAll('bob', 'ada')).toBe(await to('ada'))
    expect(await to('ada', structuredClone(letter))).toBe(await to('ada'))
  })

  it('is not sent with a gap in it', async () => {
    const letter = { ...PLAIN_LETTER, text: mark('unsubscribe_url') }
    await expect(mimeOf(message({ letter }))).rejects.toThrow('unsubscribe_url')
  })
})

describe('a body for DKIM', () => {
  // RFC 6376 §3.4.5 and §3.4.4.
  it.each([
    [' C \r\nD \t E\r\n\r\n\r\n', ' C\r\nD E\r\n'],
    ['', ''],
    ['\r\n\r\n', '\r\n'],
    ['x', 'x\r\n'],
  ])('%j reads %j', (body, canonical) => expect(canonicalBody(body)).toBe(canonical))

  it('that is empty has the hash that the standard names', () =>
    expect(createHash('sha256').update(canonicalBody('')).digest('base64')).toBe(
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    ))
})

describe('an address with letters that only SMTPUTF8 carries', () => {
  it('is handed over to a server that knows it, and to no other', async () => {
    const smtp = await testSmtp()
    const plain = await testSmtp({ disabledCommands: ['STARTTLS'], hideSMTPUTF8: true } as never)
    const to = 'düsentrieb@entenhausen.example'
    const knowing = carrierTo(smtp)
    const ignorant = carrierTo(plain)
    const signal = new AbortController().signal
    expect(await knowing.send(message({ to }), signal)).toMatchObject({ kind: 'accepted' })
    expect(smtp.recipients).toEqual([to])
    expect(await ignorant.send(message({ to }), signal)).toMatchObject({ kind: 'permanent', code: 'address_not_ascii' })
    expect(plain.recipients).toEqual([])
    await Promise.all([knowing.close(), ignorant.close()])
  })
})
