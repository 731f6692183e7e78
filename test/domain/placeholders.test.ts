import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { completed, filled, malformedIn, placeholdersIn } from '../../api/domain/placeholders.ts'

const words = (body: string, values: Record<string, string> = {}, headline: string | null = null) =>
  completed({ body, headline }, values)

describe('placeholders', () => {
  it('are named between double braces, each once, in their order', () => {
    expect(placeholdersIn('{{ b }} and {{what customers see}} and {{b}} {c}')).toEqual(['b', 'what customers see'])
  })

  it.each([
    ['a gap that nobody closed', 'It fails {{what', '{{what'],
    ['a gap over two lines', '{{what\ncustomers}} see', '{{what'],
    ['a gap without a name', 'It {{ }} fails', '{{ }} fails'],
    ['a name that is too long', `{{${'x'.repeat(61)}}}`, `{{${'x'.repeat(22)}`],
    ['a gap that nobody opened', 'what}} fails', '}} fails'],
    ['a tag', '{% include "mail" %}', '{% include "mail" %}'],
  ])('%s is no placeholder', (_, text, piece) => {
    expect(malformedIn(text)).toBe(piece)
  })

  it.each(['', 'Nothing special.', '{{a}}{{b}}', 'JSON {"a":1}', '{{Was Kunden sehen?}}', '{{ما يراه العملاء}}'])(
    '%j is well formed',
    (text) => {
      expect(malformedIn(text)).toBeNull()
    },
  )

  it('are filled once: what fills them is text, whatever it holds', () => {
    expect(filled('{{a}} {{b}}', { a: '{{b}} $& $1', b: 'two' })).toBe('{{b}} $& $1 two')
    expect(filled('{{toString}} {{__proto__}}', {})).toBe('{{toString}} {{__proto__}}')
  })
})

describe('words that go out', () => {
  it('are refused by name for every gap that nothing fills, in body and headline', () => {
    const left = words('{{a}} and {{what customers see}} and {{b}}', { a: 'x' }, '{{lead}} {{a}}')
    expect(left).toEqual({
      errors: [
        { field: 'body', code: 'blank_unfilled', message: expect.stringContaining('Fill in {{what customers see}}') },
        { field: 'body', code: 'blank_unfilled', message: expect.stringContaining('Fill in {{b}}') },
        { field: 'headline', code: 'blank_unfilled', message: expect.stringContaining('Fill in {{lead}}') },
      ],
    })
  })

  it('are refused for a gap that nobody closed as well', () => {
    expect(words('It fails {{what customers see')).toMatchObject({ errors: [{ code: 'blank_unfilled' }] })
  })

  it('never hold a gap, whatever was typed and whatever is known', () => {
    const piece = fc.constantFrom('{{', '}}', '{', '}', 'a', 'b c', ' ', '\n', '{{a}}', '{{ b c }}', '{%', '$&')
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(
        text,
        fc.constantFrom<Record<string, string>>({}, { a: 'x' }, { a: 'x', 'b c': 'y' }),
        (body, values) => {
          const done = words(body, values)
          if ('words' in done) expect(done.words.body).not.toMatch(/\{\{[^{}\n]*\}\}/)
          else expect(done.errors.length).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('keep a headline within its length when facts make it longer', () => {
    const done = words(
      'x',
      { components: 'A very long name of a component, '.repeat(5) },
      'Trouble with {{components}}',
    )
    expect('words' in done && [...done.words.headline!].length).toBeLessThanOrEqual(90)
  })
})
