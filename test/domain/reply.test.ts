import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CODE_LETTERS, codeOfReplyAddress, readReply, replyAddress } from '../../api/domain/reply.ts'

const snooze = (minutes: number, reason: string) => ({ kind: 'snooze', minutes, reason })
const speak = (body: string) => ({ kind: 'speak', body })

describe('an answer to an alert', () => {
  it.each([
    ['KQRT The EU is back.', 'KQRT', speak('The EU is back.')],
    ['kqrt the EU is back', 'KQRT', speak('the EU is back')],
    ['  kQrT\nThe EU is back.\n\nThe US follows.\n', 'KQRT', speak('The EU is back.\n\nThe US follows.')],
    ['KQRT: The EU is back.', 'KQRT', speak('The EU is back.')],
    ['"KQRT" - The EU is back.', 'KQRT', speak('The EU is back.')],
    ['KQRT\u00a0The EU is back.', 'KQRT', speak('The EU is back.')],
    ['[KQRT] "Sign-in" works', 'KQRT', speak('"Sign-in" works')],
    ['KQRT Все работает', 'KQRT', speak('Все работает')],
    ['KQRT 東京 is back', 'KQRT', speak('東京 is back')],
    ['KQRT SAME', 'KQRT', { kind: 'same' }],
    ['kqrt, same.', 'KQRT', { kind: 'same' }],
    ['KQRT\r\nSame!\r\n', 'KQRT', { kind: 'same' }],
    ['KQRT SAME as before, sorry', 'KQRT', { kind: 'unclear' }],
    ['KQRT Samesies', 'KQRT', speak('Samesies')],
    ['KQRT TAKE', 'KQRT', { kind: 'take' }],
    ['kqrt: take!', 'KQRT', { kind: 'take' }],
    ['KQRT take it, I am on it', 'KQRT', { kind: 'unclear' }],
    ['KQRT SNOOZE 10 waiting for vendor', 'KQRT', snooze(10, 'waiting for vendor')],
    ['kqrt\nsnooze\n10\nwaiting for\nvendor', 'KQRT', snooze(10, 'waiting for vendor')],
    ['KQRT Snooze 10 min: waiting', 'KQRT', snooze(10, 'waiting')],
    ['KQRT SNOOZE 5m, map loads', 'KQRT', snooze(5, 'map loads')],
    ['KQRT SNOOZE 5 map loads', 'KQRT', snooze(5, 'map loads')],
    ['KQRT SNOOZE', 'KQRT', { kind: 'unclear' }],
    ['KQRT SNOOZE 10', 'KQRT', { kind: 'unclear' }],
    ['KQRT SNOOZE 10 min', 'KQRT', { kind: 'unclear' }],
    ['KQRT SNOOZE 0 why', 'KQRT', { kind: 'unclear' }],
    ['KQRT SNOOZE waiting for vendor', 'KQRT', { kind: 'unclear' }],
    ['KQRT', 'KQRT', { kind: 'empty' }],
    ['KQRT ...', 'KQRT', { kind: 'empty' }],
    ['KQRT \u{1f44d}', 'KQRT', { kind: 'empty' }],
    ['', null, { kind: 'empty' }],
    ['SAME', null, { kind: 'same' }],
    ['The EU is back. KQRT', null, speak('The EU is back. KQRT')],
    ['KQRTX the EU is back', null, speak('KQRTX the EU is back')],
    ['KQRT1 the EU is back', null, speak('KQRT1 the EU is back')],
    ['KQR the EU is back', null, speak('KQR the EU is back')],
    ['Back in the EU', null, speak('Back in the EU')],
    ['Take this', null, { kind: 'unclear' }],
  ])('%j has the code %j', (text, code, asked) => {
    expect(readReply(text)).toEqual({ code, asked })
  })

  it('needs no code in front where the address carried it, and bears it there', () => {
    expect(readReply('The EU is back.', 'KQRT')).toEqual({ code: 'KQRT', asked: speak('The EU is back.') })
    expect(readReply('kqrt The EU is back.', 'KQRT')).toEqual({ code: 'KQRT', asked: speak('The EU is back.') })
    expect(readReply('HTTP answers again.', 'KQRT')).toEqual({ code: 'KQRT', asked: speak('HTTP answers again.') })
  })

  it('has no code by chance: no keyword and no word with a vowel is one', () => {
    for (const word of ['SAME', 'TAKE', 'EACH', 'THEY', 'DONE', 'SYNC'])
      expect(readReply(`${word} text`).code).toBeNull()
  })

  it('is read whatever it is, and what is published is a part of what was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const { asked } = readReply(text)
        if (asked.kind === 'speak') expect(text.normalize('NFC')).toContain(asked.body)
      }),
    )
  })
})

it('an address for answers carries the code, and no other address does', () => {
  expect(replyAddress('KQRT', 'bounce.northwind.example')).toBe('reply+kqrt@bounce.northwind.example')
  const letters = fc.constantFrom(...CODE_LETTERS)
  fc.assert(
    fc.property(fc.tuple(letters, letters, letters, letters), (drawn) => {
      const code = drawn.join('')
      expect(codeOfReplyAddress(replyAddress(code, 'b.example'), 'b.example')).toBe(code)
      expect(codeOfReplyAddress(`<REPLY+${code}@B.EXAMPLE>`, 'b.example')).toBe(code)
    }),
  )
  for (const other of [
    'reply+kqrt@evil.example',
    'reply+kqr@b.example',
    'reply+same@b.example',
    'reply@b.example',
    'bounce+abc123def456@b.example',
    'reply+kqrt@b.example.evil.example',
  ])
    expect(codeOfReplyAddress(other, 'b.example')).toBeNull()
})
