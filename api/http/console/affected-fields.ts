import type { FieldError } from '../../domain/refusal.ts'

/** A component's field in the forms; the screens print the same name. */
const FIELD = /^component:(.{1,40})$/

/** A component as a form names it. */
export interface NamedInForm {
  id: string
  status: string
}

/** The components a form names with a status, in the form's order. */
export const componentsIn = (fields: Record<string, string>): NamedInForm[] =>
  Object.entries(fields).flatMap(([name, status]) => {
    const id = FIELD.exec(name)?.[1]
    return id && status ? [{ id, status }] : []
  })

/** Those of them that differ from what the incident holds already. */
export const changedComponents = (
  named: readonly NamedInForm[],
  held: readonly { id: string; status: string }[],
): NamedInForm[] =>
  named.filter(({ id, status }) => !held.some((component) => component.id === id && component.status === status))

/** Puts an error about the n-th component beside its field. */
export const besideComponents =
  (sent: readonly NamedInForm[]) =>
  (error: FieldError): FieldError => {
    const index = /^components\.(\d+)\b/.exec(error.field)?.[1]
    const component = index === undefined ? undefined : sent[Number(index)]
    return component ? { ...error, field: `component:${component.id}` } : error
  }
