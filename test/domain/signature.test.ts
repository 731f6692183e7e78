import { describe, expect, it } from 'vitest'
import {
  confirmationCode,
  confirmationToken,
  confirmationTokenOf,
  hashOfToken,
  isConfirmationCode,
  signedShort,
  signedToken,
  signedUntil,
  verifySigned,
  verifySignedShort,
  verifySignedUntil,
} from '../../api/domain/signature.ts'

const OLD = 'an old secret of some length'
const NEW = 'a new secret of some length'
const NOW = new Date('2026-11-12T14:00:00Z')
const LATER = new Date('2026-11-12T15:00:00Z')

describe('an unsubscribe token', () => {
  const token = signedToken('unsubscribe', 'subscriber01', [OLD])

  it('names its subscriber, also after the secret has changed', () => {
    expect(verifySigned('unsubscribe', token, [OLD])).toBe('subscriber01')
    expect(verifySigned('unsubscribe', token, [NEW, OLD])).toBe('subscriber01')
    expect(verifySigned('unsubscribe', token, [NEW])).toBeNull()
  })

  it('is worth nothing with any one character changed', () => {
    for (let at = 0; at < token.length; at++) {
      const forged = token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1)
      expect(verifySigned('unsubscribe', forged, [OLD])).toBeNull()
    }
  })

  it.each(['', '.', '..', 'a.b', 'a.b.c', `${token}.x`])('%j is refused', (text) =>
    expect(verifySigned('unsubscribe', text, [OLD])).toBeNull(),
  )
})

describe('a short link', () => {
  const token = signedShort('short_manage', 'subscriber01', LATER, [OLD])

  it('has 42 characters, and works until it expires, for its own purpose, also after the secret has changed', () => {
    expect(token).toHaveLength(42)
    const good = { subject: 'subscriber01', expiresAt: LATER }
    for (const secrets of [[OLD], [NEW, OLD]])
      expect(verifySignedShort('short_manage', token, secrets, NOW)).toEqual(good)
    expect(verifySignedShort('short_manage', token, [OLD], LATER)).toEqual({ refused: 'expired' })
    expect(verifySignedShort('manage', token, [OLD], NOW)).toEqual({ refused: 'forged' })
    expect(verifySignedShort('short_manage', token, [NEW], NOW)).toEqual({ refused: 'forged' })
  })

  it('is worth nothing with any one character changed', () => {
    for (let at = 0; at < token.length; at++) {
      const forged = token.slice(0, at) + (token[at] === 'x' ? 'y' : 'x') + token.slice(at + 1)
      expect(verifySignedShort('short_manage', forged, [OLD], NOW)).toEqual({ refused: 'forged' })
    }
  })
})

describe('a link', () => {
  const token = signedUntil('proof', 'subscriber01', LATER, [OLD])

  it('works until it expires, for its own purpose only', () => {
    expect(verifySignedUntil('proof', token, [NEW, OLD], NOW)).toEqual({ subject: 'subscriber01' })
    expect(verifySignedUntil('proof', token, [OLD], LATER)).toEqual({ refused: 'expired' })
    expect(verifySignedUntil('setup', token, [OLD], NOW)).toEqual({ refused: 'forged' })
    expect(verifySignedUntil('proof', token, [NEW], NOW)).toEqual({ refused: 'forged' })
    expect(verifySignedUntil('proof', signedToken('unsubscribe', 'subscriber01', [OLD]), [OLD], NOW)).toEqual({
      refused: 'forged',
    })
  })

  it('cannot be made to live longer', () => {
    const [subject, , key, signature] = token.split('.')
    expect(verifySignedUntil('proof', `${subject}.zzzzzz.${key}.${signature}`, [OLD], LATER)).toEqual({
      refused: 'forged',
    })
  })
})

describe('a confirmation', () => {
  it('has a token of 43 characters and a code of six digits, both from its nonce', () => {
    expect(confirmationToken([OLD], 'nonce')).toMatch(/^[\w-]{43}$/)
    expect(confirmationCode([OLD], 'nonce')).toMatch(/^\d{6}$/)
    expect(confirmationCode([OLD], 'nonce')).not.toBe(confirmationCode([OLD], 'other'))
  })

  it('is still the same after the secret has changed', () => {
    const token = confirmationToken([OLD], 'nonce')
    expect(confirmationTokenOf([NEW, OLD], 'nonce', hashOfToken(token))).toBe(token)
    expect(isConfirmationCode([NEW, OLD], 'nonce', confirmationCode([OLD], 'nonce'))).toBe(true)
    expect(isConfirmationCode([NEW], 'nonce', confirmationCode([OLD], 'nonce'))).toBe(false)
  })
})
