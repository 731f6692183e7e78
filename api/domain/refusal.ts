/** Why something asked for is not done; each has its place in the table of `api/http/answers.ts`. */
export type RefusalKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'gone'
  | 'stale'
  | 'too_large'
  | 'unsupported_type'
  | 'invalid'
  | 'too_many'

/** One thing wrong with one field: `code` for machines, `message` for people, saying how to mend it. */
export interface FieldError {
  field: string
  code: string
  message: string
}

/** An expected "no", in the caller's language. Thrown, so that the transaction it happens in leaves nothing behind. */
export class Refusal extends Error {
  readonly kind: RefusalKind
  readonly errors: FieldError[]
  /** For `too_many`: seconds after which asking again makes sense. */
  readonly retryAfter: number | null

  constructor(kind: RefusalKind, detail: string, errors: FieldError[] = [], retryAfter: number | null = null) {
    super(detail)
    this.name = 'Refusal'
    this.kind = kind
    this.errors = errors
    this.retryAfter = retryAfter
  }
}

/** Refuses one field's value. */
export const refuseField = (field: string, code: string, message: string): Refusal =>
  new Refusal('invalid', message, [{ field, code, message }])

/** Refuses a step that the present state does not allow; `code` is the machine's word for it. */
export const refuseConflict = (code: string, message: string, field = ''): Refusal =>
  new Refusal('conflict', message, [{ field, code, message }])

/** Says that there is no such thing. */
export const refuseMissing = (what: string): Refusal => new Refusal('not_found', `There is no such ${what}.`)
