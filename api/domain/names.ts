import { z } from 'zod'

/** Control characters, line and paragraph separators, and the marks that turn text round (standards E21). */
const NOT_IN_A_LINE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u
/** In a text of several lines, line feed and tab are wanted. */
const NOT_IN_A_TEXT = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u

/**
 * A name or title: one line of 1 to `max` characters, without CR, LF, NUL, other control characters or bidirectional
 * overrides. Spaces around it are taken off.
 */
export const oneLine = (max: number) =>
  z
    .string()
    .refine((text) => text.isWellFormed() && !NOT_IN_A_LINE.test(text), {
      error: 'Use one line of plain text, without line breaks or control characters.',
    })
    .trim()
    .min(1, { error: 'Write something here.' })
    .max(max, { error: `Use at most ${max} characters.` })

/** A text of 1 to `max` characters in any number of lines; CRLF becomes LF, other control characters are refused. */
export const bodyText = (max: number) =>
  z
    .string()
    .overwrite((text) => text.replaceAll('\r\n', '\n'))
    .refine((text) => text.isWellFormed() && !NOT_IN_A_TEXT.test(text), {
      error: 'Use plain text, without control characters.',
    })
    .trim()
    .min(1, { error: 'Write something here.' })
    .max(max, { error: `Use at most ${max} characters.` })

/** Text from outside made into a name or title of at most `max` characters that `oneLine` takes; null where nothing is left. */
export function asOneLine(text: string, max: number): string | null {
  const plain = text.toWellFormed().replace(new RegExp(NOT_IN_A_LINE, 'gu'), ' ')
  return (
    plain
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, max)
      .toWellFormed()
      .replace(/\ufffd$/, '')
      .trim() || null
  )
}
