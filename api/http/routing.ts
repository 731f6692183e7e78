import { Refusal } from '../domain/refusal.ts'
import { problemResponse } from './answers.ts'
import type { Route } from './route.ts'

/** The path of a route as the app matches it. */
export const pathOf = (route: Pick<Route, 'door' | 'path'>): string =>
  route.door === 'api' ? `/api/v1${route.path}` : route.path

const matches = (path: string, pattern: string): boolean => {
  const parts = path.split('/')
  const wanted = pattern.split('/')
  return parts.length === wanted.length && wanted.every((part, index) => part.startsWith(':') || part === parts[index])
}

/** A route of the table at this path, whatever its method; null where none is. */
export const routeAt = (table: readonly Route[], path: string): Route | null =>
  table.find((route) => matches(path, pathOf(route))) ?? null

/** A 405 with the methods that are allowed, when the path is ours but the method is not; null otherwise. */
export function methodNotAllowed(table: readonly Route[], path: string, method: string): Response | null {
  const allowed = table.filter((route) => matches(path, pathOf(route))).map((route) => route.method)
  if (allowed.length === 0) return null
  if ((method === 'HEAD' && allowed.includes('GET')) || method === 'OPTIONS')
    return new Response(null, { status: 204, headers: { allow: allowed.join(', ') } })
  const refusal = problemResponse(new Refusal('malformed', `Use ${allowed.join(' or ')} here.`))
  return new Response(
    JSON.stringify({
      type: 'about:blank',
      title: 'Method Not Allowed',
      status: 405,
      detail: `Use ${allowed.join(' or ')} here.`,
    }),
    { status: 405, headers: { ...Object.fromEntries(refusal.headers), allow: allowed.join(', ') } },
  )
}
