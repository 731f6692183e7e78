import fc from 'fast-check'
import { expect, it } from 'vitest'
import { seal, unseal } from '../../api/domain/sealing.ts'

const OLD = 'an old secret, long enough to be one at all'
const NEW = 'a new secret, long enough to be one as well'

it('whatever is sealed can be read again with the secret, also after another came before it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const sealed = seal(text, [OLD])
      expect(unseal(sealed, [OLD])).toBe(text)
      expect(unseal(sealed, [NEW, OLD])).toBe(text)
      expect(unseal(sealed, [NEW])).toBeNull()
    }),
  )
})

it('what is sealed twice looks different, and tells nothing of the text', () => {
  const sealed = [seal('sitrep_key', [OLD]), seal('sitrep_key', [OLD])]
  expect(sealed[0]).not.toBe(sealed[1])
  for (const each of sealed) expect(Buffer.from(each, 'base64url').toString('latin1')).not.toContain('sitrep_key')
})

it('what was changed or is no seal of ours cannot be read', () => {
  const sealed = Buffer.from(seal('text', [OLD]), 'base64url')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at]! ^= 1
    expect(unseal(changed.toString('base64url'), [OLD])).toBeNull()
  }
  for (const text of ['', 'x', '{"plain":true}']) expect(unseal(text, [OLD])).toBeNull()
})
