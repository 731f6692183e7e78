import type { FieldError, Refusal, RefusalKind } from '../domain/refusal.ts'

/** The one table from refusals to HTTP (RFC 9110 status, RFC 9457 title). */
const ANSWERS: Record<RefusalKind, { status: number; title: string }> = {
  malformed: { status: 400, title: 'Bad Request' },
  unauthenticated: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not Found' },
  conflict: { status: 409, title: 'Conflict' },
  gone: { status: 410, title: 'Gone' },
  stale: { status: 412, title: 'Precondition Failed' },
  too_large: { status: 413, title: 'Content Too Large' },
  unsupported_type: { status: 415, title: 'Unsupported Media Type' },
  invalid: { status: 422, title: 'Unprocessable Content' },
  too_many: { status: 429, title: 'Too Many Requests' },
}

/** Problem details as callers get them (RFC 9457). */
export interface Problem {
  type: 'about:blank'
  title: string
  status: number
  detail: string
  errors?: FieldError[]
}

/** The HTTP status of a refusal. */
export const statusOf = (refusal: Refusal): number => ANSWERS[refusal.kind].status

/** A refusal as problem details. */
export function problemOf(refusal: Refusal): Problem {
  const { status, title } = ANSWERS[refusal.kind]
  const errors = refusal.errors.length > 0 ? { errors: refusal.errors } : {}
  return { type: 'about:blank', title, status, detail: refusal.message, ...errors }
}

/** Extra headers a refusal carries: when to come back, how to sign in. */
export function headersOf(refusal: Refusal): Record<string, string> {
  if (refusal.kind === 'too_many' && refusal.retryAfter !== null) return { 'retry-after': String(refusal.retryAfter) }
  return refusal.kind === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}
}

/** The answer of a program's request that was refused. */
export const problemResponse = (refusal: Refusal): Response =>
  Response.json(problemOf(refusal), {
    status: statusOf(refusal),
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headersOf(refusal) },
  })

/** What outsiders learn of a fault of ours: that it is one (standards X12). Details are in the log under this id. */
export const faultResponse = (requestId: string): Response =>
  Response.json(
    {
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      detail: `Something failed on our side. Nothing was changed. Quote ${requestId} when you report it.`,
    },
    { status: 500, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
  )

/** The database is away, starting again perhaps: nothing was done, and asking again soon makes sense. */
export const awayResponse = (detail = 'The database does not answer. Try again in a few seconds.'): Response =>
  Response.json(
    {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail,
    },
    {
      status: 503,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', 'retry-after': '2' },
    },
  )
