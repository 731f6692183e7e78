/** The server's time: the reader's clock, which may be wrong, put right by what the last answer said. */
let ahead = 0

export const serverTime = (): number => Date.now() + ahead

/** Sets the clock by an answer. One that a cache kept names the time it was made at, and how old it has become. */
export function setBy(answer: Headers): void {
  const made = Date.parse(answer.get('date') || '')
  if (made) ahead = made + 1000 * Number(answer.get('age')) - Date.now()
}
