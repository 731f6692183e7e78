import { isGsm7, septetsOf, withTwins } from './gsm7.ts'

export type Encoding = 'GSM-7' | 'UCS-2'
export interface SmsSize {
  encoding: Encoding
  segments: number
  /** Septets in GSM-7, UTF-16 units in UCS-2. */
  units: number
}

/** Units that fit in one message alone, and in each part of a split one (standards S23). */
const ROOM: Record<Encoding, { alone: number; part: number }> = {
  'GSM-7': { alone: 160, part: 153 },
  'UCS-2': { alone: 70, part: 67 },
}

/** How a text travels: its alphabet, its length, and how many segments that makes. */
export function sizeOf(text: string): SmsSize {
  const encoding: Encoding = isGsm7(text) ? 'GSM-7' : 'UCS-2'
  const lengths = [...text].map((character) => (encoding === 'GSM-7' ? septetsOf(character)! : character.length))
  const units = lengths.reduce((sum, length) => sum + length, 0)
  const { alone, part } = ROOM[encoding]
  return { encoding, units, segments: units <= alone ? 1 : partsOf(lengths, part) }
}

/** Fills part after part; a character of two units goes whole into the next part. */
function partsOf(lengths: readonly number[], part: number): number {
  let parts = 1
  let used = 0
  for (const length of lengths) {
    if (used + length > part) {
      parts++
      used = 0
    }
    used += length
  }
  return parts
}

/** At most two segments: 306 characters in GSM-7, 134 in UCS-2 (contract section 6). */
export const MOST_SEGMENTS = 2

/** What stands around the words of a text and is never cut. */
export interface SmsFrame {
  before: string
  after: string
}

/** Units of words that a frame should leave room for: less says nothing. */
const LEAST_WORDS = 40

const leavesRoom = ({ before, after }: SmsFrame, units: number): boolean =>
  sizeOf(withTwins(before) + ' '.repeat(units) + withTwins(after)).segments <= MOST_SEGMENTS

/**
 * The first of `frames`, given from full to brief, that leaves room to say something; the briefest where none does, and
 * `plainest` where even that does not fit: an alphabet of 134 units must not cost the promise or the link.
 */
export function frameThatFits(frames: readonly [SmsFrame, ...SmsFrame[]], plainest: SmsFrame): SmsFrame {
  const briefest = frames.at(-1)!
  return frames.find((frame) => leavesRoom(frame, LEAST_WORDS)) ?? (leavesRoom(briefest, 0) ? briefest : plainest)
}

/**
 * `before`, `words` and `after` in one text of at most two segments. Only `words` gives way, at whole words and ended by
 * three dots; what stands around it (who, severity, time; promise, link) is never cut. Typographic characters become
 * their plain twins first, so that they do not make the text twice as dear.
 */
export function fitSms(before: string, words: string, after: string): string {
  const [head, middle, tail] = [before, words, after].map((text) => withTwins(text).replace(/\s+/g, ' ')) as [
    string,
    string,
    string,
  ]
  const fits = (text: string): boolean => sizeOf(head + text + tail).segments <= MOST_SEGMENTS
  const whole = middle.trim()
  if (fits(whole)) return head + whole + tail
  const cuts = wordEnds(whole).filter((end) => end < whole.length)
  const atWord = lastFitting(cuts, (end) => fits(dotted(whole, end)))
  const end = atWord ?? lastFitting(letterEnds(whole), (each) => fits(dotted(whole, each)))
  return head + (end === null ? '' : dotted(whole, end)) + tail
}

/** The text in the first of `frames`, given from full to brief, that leaves `words` whole; in the last where none does. */
export function fitFirst(frames: readonly [SmsFrame, ...SmsFrame[]], words: string): string {
  const fitted = frames.map(({ before, after }) => ({ before, text: fitSms(before, words, after) }))
  const whole = fitted.find(
    ({ before, text }) => text.startsWith(withTwins(before + words)) && sizeOf(text).segments <= MOST_SEGMENTS,
  )
  return (whole ?? fitted.at(-1)!).text
}

const dotted = (text: string, end: number): string => `${text.slice(0, end).replace(/[\s.,;:-]+$/, '')}...`

const wordEnds = (text: string): number[] =>
  [...text.matchAll(/\S(?=\s|$)/gu)].map((match) => match.index + match[0].length)

const letterEnds = (text: string): number[] =>
  [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)].map(
    (each) => each.index + each.segment.length,
  )

/** The last position that fits. Leaving out the only odd character can make more room, so each is tried from the end. */
function lastFitting(positions: readonly number[], fits: (position: number) => boolean): number | null {
  return positions.findLast(fits) ?? null
}
