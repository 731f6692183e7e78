/** Languages that the public site speaks; the first has no prefix in its addresses. Each is a message file. */
export const LANGUAGES = ['en', 'ar'] as const
export type Language = (typeof LANGUAGES)[number]

/** Words of ours that stand in each of them. */
export type InEachLanguage = Record<Language, string>
