import { createHash, randomBytes } from 'node:crypto'

/** A mail as all its readers get it: what differs from one to the next stands in it as a mark. */
export interface Letter {
  from: { name: string; address: string }
  replyTo: string | null
  /** Root of the incident's thread (standards E17); null outside any. */
  threadId: string | null
  subject: string
  text: string
  html: string
  headers: Record<string, string>
}

/** What stands in a reader's own mail where the letter has marks. */
export type OwnWords = Readonly<Record<string, string>>

/** Known to this process alone, so that nothing that somebody writes is ever taken for a mark. */
const NONCE = randomBytes(12).toString('hex')

/** Holds the place of a reader's own word. Letters, digits and hyphens only: it stays as it is wherever it is put. */
export const mark = (name: string): string => `mark-${NONCE}-${name}-`

/** The text between the marks, with the names of the marks at every second place. */
export const splitAtMarks = (text: string): string[] => text.split(new RegExp(`mark-${NONCE}-(\\w+)-`))

/** A text of a letter as one reader holds it: their own words where the marks stand. */
export const inHand = (text: string, own: OwnWords): string =>
  splitAtMarks(text)
    .map((part, at) => (at % 2 === 0 ? part : own[part]!))
    .join('')

/** The same for the same letter, in any process: 24 hex digits. */
export const fingerprint = (letter: Letter): string =>
  createHash('sha256').update(JSON.stringify(letter).replaceAll(NONCE, '')).digest('hex').slice(0, 24)
