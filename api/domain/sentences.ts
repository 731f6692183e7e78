/** Positions in a text, as JavaScript counts them: the first, and the one behind the last. */
export interface Span {
  from: number
  to: number
}

/** The sentences of a text with where each begins. */
export const sentencesOf = (text: string): { text: string; from: number }[] =>
  [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)].map(({ segment, index }) => ({
    text: segment,
    from: index,
  }))
