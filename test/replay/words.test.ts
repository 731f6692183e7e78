import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { headlineOf } from '../../api/domain/headline.ts'
import { placeholderWords } from '../../api/replay/words.ts'
import { templates } from '../support/acting.ts'

const words = placeholderWords(templates)

describe('placeholder words', () => {
  it('are exactly as long as what was said, and survive being trimmed', () => {
    const lengths = fc.integer({ min: 1, max: 5000 })
    fc.assert(
      fc.property(lengths, fc.nat(5000), (length, seed) => {
        const text = words.text(length, seed)
        expect(text).toHaveLength(length)
        expect(text.trim()).toBe(text)
      }),
    )
  })

  it('begin with a sentence that leads a mail without being cut', () => {
    for (let seed = 0; seed < 40; seed += 1)
      for (let length = 20; length < 300; length += 1) expect(headlineOf(words.text(length, seed))).not.toMatch(/…$/)
  })

  it('are the same for the same seed, and others for another', () => {
    expect(words.text(300, 3)).toBe(words.text(300, 3))
    expect(words.text(300, 3)).not.toBe(words.text(300, 4))
  })

  it('break long texts into paragraphs', () => {
    expect(words.text(1500, 0).split('\n\n').length).toBeGreaterThan(4)
  })

  it.each([
    [[], 'Trouble with some requests'],
    [['Actions'], 'Trouble with Actions'],
    [['Actions', 'Pages'], 'Trouble with Actions and Pages'],
    [['Actions', 'Pages', 'Issues'], 'Trouble with Actions, Pages and Issues'],
    [['Actions', 'Pages', 'Issues', 'Copilot', 'Packages'], 'Trouble with Actions, Pages, Issues and 2 more'],
  ])('call an incident of %j after its components', (components, title) => {
    expect(words.title('incident', components)).toBe(title)
  })

  it('keep a title within its 120 characters, however long the names', () => {
    const names = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(80))
    expect(words.title('maintenance', names).length).toBeLessThanOrEqual(120)
  })
})
