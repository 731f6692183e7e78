import { expect, test } from 'vitest'
import { secondsToSend } from '../../api/domain/preview.ts'
import { previewScreen } from '../../api/domain/preview-screen.ts'

const shown = (body: string, at: [number, number] | null) =>
  previewScreen(
    {
      headline: null,
      body,
      nextUpdateDueAt: null,
      outside: null,
      warnings: [{ code: 'outage', field: 'body', at, message: 'Say what fails.' }],
    },
    null,
  ).warnings[0]!.quoted

test('a warning shows the words it means with whole words around them', () => {
  expect(shown('An outage of Login.', [3, 9])).toEqual({ before: 'An ', words: 'outage', after: ' of Login.' })
  const body = `${'Everything before this is long. '.repeat(3)}An outage 🙂 of Login. ${'Much follows it. '.repeat(5)}`
  expect(shown(body, [99, 105])).toEqual({
    before: '…Everything before this is long. An ',
    words: 'outage',
    after: ' 🙂 of Login. Much follows it. Much…',
  })
})

test('what is missing has no words', () => {
  expect(shown('Over.', null)).toBeNull()
})

test.each([
  [1932, 1, 1932],
  [3, 2, 2],
  [1, 100, 1],
  [0, 1, 0],
])('%i segments at %i a second leave within %i seconds', (segments, rate, seconds) => {
  expect(secondsToSend(segments, rate)).toBe(seconds)
})
