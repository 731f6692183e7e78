import { expect, it } from 'vitest'
import { bodyText, oneLine } from '../../api/domain/names.ts'

const DANGEROUS = [
  'a\rb',
  'a\nb',
  'a\r\nBcc: x@y.test',
  'a\0b',
  'a\x1bb',
  'a\x7fb',
  'a\u0085b',
  'a\u2028b',
  'a\u202eb',
  'a\u2066b',
  '\ud800',
]

it.each([...DANGEROUS, 'a\tb', '', '   ', 'x'.repeat(21), 'ab\n'])('the name %j is refused', (text) =>
  expect(oneLine(20).safeParse(text).success).toBe(false),
)

it.each([
  [' Login ', 'Login'],
  ['Dvořák 京都 🎉', 'Dvořák 京都 🎉'],
  ['x'.repeat(20), 'x'.repeat(20)],
  ['<b>&"\'', '<b>&"\''],
])('the name %j is taken as %j', (text, name) => expect(oneLine(20).parse(text)).toBe(name))

it('a body keeps its lines and tabs, with one kind of line end', () =>
  expect(bodyText(50).parse('a\r\nb\n\tc')).toBe('a\nb\n\tc'))

it.each(['a\rb', 'a\0b', 'a\x1b[31m', 'a\u202eb', '\udfff', '', 'x'.repeat(51)])('the body %j is refused', (text) =>
  expect(bodyText(50).safeParse(text).success).toBe(false),
)
