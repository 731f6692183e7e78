/**
 * What a bounce says about the address: `hard`: it is dead; `soft`: it may work again, and is counted; `blameless`: the
 * fault is ours, or nothing is known of the address (policy, rate, authentication, size, content, our own sender).
 */
export const BOUNCE_MEANINGS = ['hard', 'soft', 'blameless'] as const
export type BounceMeaning = (typeof BOUNCE_MEANINGS)[number]

/**
 * Subjects and details of enhanced status codes (RFC 3463, and the IANA registry that grew from it); the longer key
 * decides (standards E34). What is not here is blameless: too many mails to a dead address harm less than silence.
 */
const CODES: Readonly<Record<string, BounceMeaning>> = {
  '1': 'hard',
  '1.5': 'soft', // "valid": says nothing against it
  '1.7': 'blameless', // our sender's syntax
  '1.8': 'blameless', // our sender's system
  '1.9': 'soft', // relayed to a system that cannot read it
  '2': 'soft', // mailbox disabled, full
  '2.3': 'blameless', // our message is too long
  '3': 'soft', // their system
  '3.3': 'blameless', // cannot do what our message asks
  '3.4': 'blameless', // our message is too big
  '4': 'soft', // network and routing, expired in a queue
}

/** Words of servers that answer without a code that says anything; never enough for one report to decide. */
const DEAD_WORDS =
  /user unknown|unknown user|no such (user|mailbox|person|recipient)|unrouteable address|(mailbox|user|recipient|address) (not found|does ?n[o']t exist|is disabled)|account (is )?disabled|mailbox (is )?full|over quota/i

/** What a refusal means, and by which code. */
export interface Judged {
  meaning: BounceMeaning
  enhancedCode: string | null
}

/**
 * Judges a refusal by its enhanced status code and the server's own words. A code that says nothing (`5.0.0`, none) gives
 * way to one in the words; a policy code anywhere outweighs everything else, and class 4 never proves a death.
 */
export function judgeBounce(status: string | null, words: string | null): Judged {
  const codes = [...(status ? [status] : []), ...codesIn(words)]
  const policy = codes.find((code) => /^[45]\.7\./.test(code))
  const telling = policy ?? codes.find((code) => !/^[45]\.0\./.test(code))
  if (!telling) return { meaning: DEAD_WORDS.test(words ?? '') ? 'soft' : 'blameless', enhancedCode: codes[0] ?? null }
  return { meaning: meaningOf(telling), enhancedCode: telling }
}

function meaningOf(code: string): BounceMeaning {
  const [level, subject, detail] = code.split('.')
  const meaning = CODES[`${subject}.${detail}`] ?? CODES[subject!] ?? 'blameless'
  return meaning === 'hard' && level !== '5' ? 'soft' : meaning
}

/** Enhanced codes of failures in free text; numbers of versions and networks are none. */
const codesIn = (words: string | null): string[] =>
  [...(words ?? '').matchAll(/(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?!\.?\d)/g)].map(([code]) => code)
