import { type FieldError, type Refusal, refuseMissing } from '../../domain/refusal.ts'
import type { Form } from '../../domain/screen-parts.ts'

/** A form nobody has typed into. */
export const emptyForm = (values: Record<string, string> = {}): Form => ({ values, errors: [] })

/** A form shown again with what was typed, and what is wrong with it. */
export const refusedForm = (
  values: Record<string, string>,
  refusal: Refusal,
  place: (error: FieldError) => FieldError = (error) => error,
): Form => ({
  values,
  errors: (refusal.errors.length > 0
    ? refusal.errors
    : [{ field: '', code: refusal.kind, message: refusal.message }]
  ).map(place),
})

/** A field as typed, or undefined where it was left empty: an empty optional field is absent. */
export const typed = (fields: Record<string, string>, name: string): string | undefined =>
  fields[name]?.trim() ? fields[name] : undefined

/**
 * Whether a form was sent by its button of this name. What else a form can do has a named button at the form's one address:
 * a browser that does not know `formaction` (w3m) would do what its user only wanted to look at.
 */
export const pressed = (fields: Record<string, string>, name: string): boolean => fields[name] === 'true'

/** An identifier in the address of a page; what cannot be one names nothing. */
export function idIn(params: Record<string, string>, what: string): string {
  if (!/^[a-z0-9]{12}$/.test(params.id ?? '')) throw refuseMissing(what)
  return params.id!
}

/** A time as `<input type="datetime-local">` sends it, read as UTC; anything else is handed on for the schema to refuse. */
export function utcTime(local: string | undefined): string | undefined {
  const parts = local && /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?$/.exec(local)
  return parts ? `${parts[1]}${parts[2] ?? ':00'}Z` : local
}

/** A time for `<input type="datetime-local">`, to the minute, in UTC. */
export const localTime = (at: Date): string => at.toISOString().slice(0, 16)
