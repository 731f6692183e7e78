import { AsyncLocalStorage } from 'node:async_hooks'
import type { Language } from '../../api/domain/pages.ts'

/** Each page is rendered inside of its language, so that pages rendered at the same time do not mix. */
const current = new AsyncLocalStorage<Language>()

/** Does `work`, and everything that it waits for, in a language. */
export const inLanguage = <Result>(language: Language, work: () => Result): Result => current.run(language, work)

/** The language of the page that is being rendered; English outside of any. */
export const currentLanguage = (): Language => current.getStore() ?? 'en'
