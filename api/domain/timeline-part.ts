/** A screen of the console stays small whatever is written down: this many lines, and about this many characters. */
const MOST_LINES = 50
const MOST_CHARACTERS = 16_000

/** How many lines have to be read to know what fits and whether there is more. */
export const LINES_TO_READ = MOST_LINES + 1

/** The first of these lines that one screen holds, and whether there are more. A line is never cut. */
export function fittingLines<Line extends { text: string }>(lines: readonly Line[]): { shown: Line[]; more: boolean } {
  let characters = 0
  const end = lines.findIndex(({ text }, index) => {
    characters += text.length
    return index === MOST_LINES || (index > 0 && characters > MOST_CHARACTERS)
  })
  return end === -1 ? { shown: [...lines], more: false } : { shown: lines.slice(0, end), more: true }
}
