import ar from '../../templates/words/wording/ar.json' with { type: 'json' }
import en from '../../templates/words/wording/en.json' with { type: 'json' }
import type { Language } from '../domain/languages.ts'
import { type WordingFile, type WordingLists, wordingRules } from '../domain/wording-rules.ts'

const FILES: Record<Language, WordingFile & WordingLists> = { en, ar }

/** The rules of every language that the product speaks. */
export const WORDING = Object.values(FILES).map(wordingRules)
