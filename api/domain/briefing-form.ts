type Fields = Record<string, string>

/** What the fields of a briefing are called in a form: as the API calls them, below this. */
export const BRIEFING_FIELDS = 'briefing.'

const ofBriefing = (name: string): boolean => name.startsWith(BRIEFING_FIELDS)

/** The fields of the briefing alone. */
export const briefingPart = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => ofBriefing(name)))

/**
 * What is kept of a form that was typed into, where `before` had been kept of it. The briefing has a form of its own while
 * an update is held: it knows nothing of the next update, whose words stay.
 */
export function keptOf(fields: Fields, before: Fields): Fields {
  if (!Object.keys(fields).every(ofBriefing)) return fields
  return { ...Object.fromEntries(Object.entries(before).filter(([name]) => !ofBriefing(name))), ...fields }
}
