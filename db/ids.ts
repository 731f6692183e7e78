import { randomInt } from 'node:crypto'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new identifier: 12 characters [a-z0-9] from the system's CSPRNG (62 bits), as Statuspage's clients expect. */
export const newId = (): string => Array.from({ length: 12 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
