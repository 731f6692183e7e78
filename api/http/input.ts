import type { z } from 'zod'
import { type FieldError, Refusal } from '../domain/refusal.ts'

/** A request's body may hold this many bytes, where its route does not say otherwise. */
export const MOST_BYTES = 256 * 1024

/** Reads a body as text; refuses more than `most` bytes without reading on. */
export async function rawBody(request: Request, most = MOST_BYTES): Promise<string> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > most) throw tooLarge(most)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > most) throw tooLarge(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const tooLarge = (most: number) => new Refusal('too_large', `A request may hold at most ${most / 1024} KiB.`)

/** Reads JSON; refuses another content type (415) and what is not JSON (400). */
export function jsonOf(request: Request, text: string): unknown {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(type))
    throw new Refusal('unsupported_type', 'Send application/json.')
  return parsedJson(text)
}

/** The value that a text of JSON says, whatever type it came as; refuses what is not JSON (400). */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal('malformed', 'The body is not valid JSON.')
  }
}

/** Reads a form's fields, url-encoded or multipart; of a name given twice the values are joined by commas (checkboxes). */
export async function formOf(request: Request, text: string): Promise<Record<string, string>> {
  const type = request.headers.get('content-type') ?? ''
  if (text === '') return {}
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)/i.test(type))
    throw new Refusal('unsupported_type', 'Send application/x-www-form-urlencoded.')
  const fields: Record<string, string> = {}
  for (const [name, value] of await entriesOf(type, text))
    if (typeof value === 'string') fields[name] = fields[name] === undefined ? value : `${fields[name]},${value}`
  return fields
}

async function entriesOf(type: string, text: string): Promise<Iterable<[string, unknown]>> {
  try {
    return await new Response(text, { headers: { 'content-type': type } }).formData()
  } catch {
    throw new Refusal('malformed', 'The form is not readable.')
  }
}

/** Checks a value against its schema; every fault is named with its field (422). */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const result = schema.safeParse(value, { reportInput: true })
  if (result.success) return result.data
  const errors = result.error.issues.flatMap(errorsOf)
  throw new Refusal('invalid', errors[0]?.message ?? 'Something in the request is not right.', errors)
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const field = issue.path.join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join('.'),
      code: 'unknown_field',
      message: `There is no field ${key} here.`,
    }))
  if (issue.input === undefined && ['invalid_type', 'invalid_value'].includes(issue.code))
    return [{ field, code: 'required', message: 'This field is required.' }]
  return [
    { field, code: issue.code === 'custom' ? (issue.params?.code ?? 'invalid') : issue.code, message: issue.message },
  ]
}
