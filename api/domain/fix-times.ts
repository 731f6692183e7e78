import { type Span, sentencesOf } from './sentences.ts'

/** So much time, however it is put: "10 minutes", "about half an hour", "the next 2 to 3 hours". */
const AMOUNT = String.raw`(?:(?:about|around|roughly|approximately|another|the next|less than|under|at most|up to|an?|the|next)\s+)*(?:\d+|one|two|three|four|five|ten|fifteen|twenty|thirty|half|few|couple)?(?:\s*(?:-|–|to|or|of|an?)\s*(?:\d+)?)?\s*(?:more\s+)?(?:min(?:ute)?s?|hours?|hrs?|days?)\b`
const CLOCK = String.raw`(?:(?:about|around)\s+)?(?:\d{1,2}:\d{2}|\d{1,2}\s?[ap]\.?m\b\.?|noon|midnight|the end of the (?:day|hour)|tonight|tomorrow)(?:\s+(?:UTC|GMT|CES?T|[ECMP][SD]T))?`

/** A time that lies ahead. */
const TIMES = {
  within: new RegExp(String.raw`\b(?:in|within)\s+${AMOUNT}`, 'i'),
  by: new RegExp(String.raw`\b(?:by|before|no later than)\s+${CLOCK}`, 'i'),
  around: new RegExp(String.raw`\b(?:at|around|about|until|till)\s+${CLOCK}`, 'i'),
  lasting: new RegExp(String.raw`\b(?:take|need|last)s?\s+${AMOUNT}`, 'i'),
  soon: /\b(?:shortly|soon|momentarily|any (?:minute|moment)(?: now)?|later today|today|tonight|tomorrow)\b/i,
}

/** Something is to come, or is hoped for. */
const AHEAD =
  /\b(?:will|shall|should|expect(?:s|ed|ing)?|estimat(?:e|es|ed|ing)|anticipat(?:e|es|ed|ing)|aim(?:s|ing)?|hop(?:e|es|ing)|likely|going to|to be)\b|['’]ll\b/i
/** The end of the trouble. */
const MENDED =
  /\b(?:resolv(?:e|es|ed|ing)|resolution|fix(?:es|ed|ing)?|restor(?:e|es|ed|ing)|recover(?:s|ed|ing|y)?|repair(?:s|ed|ing)?|mend(?:s|ed|ing)?|complet(?:e|es|ed|ing|ion)|finish(?:es|ed|ing)?|done|back|available|normal|works?|working|online|roll(?:ed|ing)?[- ]?back|solv(?:e|es|ed|ing))\b/i
/** It is told as having been. */
const PAST = /\b(?:was|were|had|has|have|did|took|since|ago)\b/i
/** Our own next word: the one time that may be promised. */
const NEXT_WORD =
  /\b(?:next|further|another|new|more)\s+(?:public\s+)?(?:updates?|news|words?|information|report)\b|\b(?:update|tell|inform|write to)\s+(?:you|this page|everybody|everyone|customers)\b|\b(?:say|share|post|provide|publish|report|give|have|know)\s+(?:\w+\s+)?(?:more|again|an update|updates?|back|news|details)\b|\b(?:speak|check|look) again\b|\blet you know\b|\bkeep you\b|\bback with more\b|\breview\b|\breport\b|\bpost-?mortem\b/i
/** What readers are to do meanwhile. */
const ADVICE = /\b(?:please|try|retry|wait|reload|refresh|sign in again|log in again)\b/i

/**
 * Where a text says when the trouble will be over: "in 10 minutes", "by 15:00 we expect to resolve", "should be fixed
 * shortly". When we speak next, what to do meanwhile and what has been are none of it.
 */
export const fixTimesIn = (text: string): Span[] => sentencesOf(text).flatMap(clausesOf).flatMap(fixTime)

interface Clause {
  text: string
  from: number
}

/** A time that leads its sentence belongs to what follows: "By 15:00, we expect to resolve this". */
function clausesOf({ text, from }: Clause): Clause[] {
  const clauses: Clause[] = []
  let start = 0
  for (const cut of [...text.matchAll(/[,;]\s+|\s+(?:and|but|while|when|so)\s+/g)]) {
    if (isTimeAlone(text.slice(start, cut.index))) continue
    clauses.push({ text: text.slice(start, cut.index), from: from + start })
    start = cut.index + cut[0].length
  }
  return [...clauses, { text: text.slice(start), from: from + start }]
}

const isTimeAlone = (text: string): boolean =>
  Object.values(TIMES).some((time) => {
    const found = time.exec(text)
    return found !== null && text.replace(found[0], '').trim() === ''
  })

function fixTime({ text, from }: Clause): Span[] {
  const parts = promisedIn(text)
  if (parts.length === 0) return []
  const [first, last] = [Math.min(...parts.map((part) => part.from)), Math.max(...parts.map((part) => part.to))]
  return [{ from: from + first, to: from + last }]
}

/** The time, and the words that make it one of the end of the trouble. */
function promisedIn(text: string): Span[] {
  const bare = spanOf(text, /\bETA\b/)
  if (bare) return [bare]
  const ahead = AHEAD.test(text)
  if (NEXT_WORD.test(text) || ADVICE.test(text) || (PAST.test(text) && !ahead)) return []
  const time = timeIn(text, ahead)
  return time ? [time, ...[AHEAD, MENDED].flatMap((words) => spanOf(text, words) ?? [])] : []
}

/** Words of the end without one that looks ahead tell of the past, unless they lead: "Fixed by 15:00". */
function timeIn(text: string, ahead: boolean): Span | null {
  const mended = MENDED.exec(text)
  const leads = mended !== null && text.slice(0, mended.index).trim() === ''
  const told = mended !== null && /ed$|done/i.test(mended[0]) && !leads
  const within = spanOf(text, TIMES.within)
  if (within && (ahead || !told)) return /^in/i.test(text.slice(within.from)) || ahead || mended ? within : null
  const by = spanOf(text, TIMES.by)
  if (by && (ahead || (mended && !told))) return by
  if (!ahead) return null
  return spanOf(text, TIMES.around) ?? spanOf(text, TIMES.lasting) ?? (mended && spanOf(text, TIMES.soon))
}

function spanOf(text: string, words: RegExp): Span | null {
  const found = words.exec(text)
  return found && { from: found.index, to: found.index + found[0].length }
}
