import { withTwins } from './gsm7.ts'
import { sizeOf } from './sms.ts'

/**
 * What an SMS says of an update: the headline (the first sentence where the author wrote none), then further sentences of
 * the body as long as they cost no second segment. What does not fit stands on the page.
 */
export function smsWords(before: string, headline: string | null, body: string, after: string): string {
  const sentences = sentencesOf(body)
  const [lead = '', ...rest] = headline === null ? sentences : [headline, ...sentences]
  let words = ended(lead)
  for (const sentence of rest) {
    const longer = `${words} ${ended(sentence)}`
    if (sizeOf(withTwins(before + longer + after)).segments > 1) break
    words = longer
  }
  return words
}

const sentencesOf = (text: string): string[] =>
  [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)]
    .map(({ segment }) => segment.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '')

/** A headline without a full stop gets one, so that what follows reads as a new sentence. */
const ended = (sentence: string): string => (/[.!?:;…؟۔。！？]["')\]]*$/u.test(sentence) ? sentence : `${sentence}.`)
