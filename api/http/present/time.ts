/** A time as the API writes it: RFC 3339, UTC, milliseconds. */
export const timeText = (date: Date): string => date.toISOString()
export const timeOrNull = (date: Date | null): string | null => date?.toISOString() ?? null
