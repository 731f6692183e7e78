import { z } from 'zod'
import { linkOf, type Reading, timeOf, titleOf } from './report.ts'

/** Names of fields from the outermost inwards, joined by dots: `alert.labels.name`, `alerts.0.id`. */
const path = z.string().regex(/^[\w-]{1,80}(\.[\w-]{1,80}){0,9}$/, {
  error: 'Name the field, and those it lies in before it, joined by dots: alert.name.',
})
const someWords = z.array(z.string().min(1).max(80)).min(1).max(20)

/** Where the JSON of a generic source has what, and its words for firing and resolved; what is left out has its default. */
export const genericMapping = z.strictObject({
  group: path.default('group'),
  id: path.default('id'),
  title: path.default('title'),
  status: path.default('status'),
  starts_at: path.default('starts_at'),
  ends_at: path.default('ends_at'),
  url: path.default('url'),
  firing: someWords.default(['firing']),
  resolved: someWords.default(['resolved']),
})
/** What a mapping names: where the JSON has what, and the words that it uses for firing and resolved. */
export const MAPPED_FIELDS = ['group', 'id', 'title', 'status', 'starts_at', 'ends_at', 'url'] as const
export const MAPPED_WORDS = ['firing', 'resolved'] as const

export type GenericMapping = z.infer<typeof genericMapping>

/**
 * Reads one alert of a source that has told us where its JSON has what. Without an id the group is the alert, without a
 * group the alert stands alone; one of both is needed.
 */
export function readGeneric(value: unknown, mapping: GenericMapping = genericMapping.parse({})): Reading {
  const text = (name: string): string | null => textAt(value, name)
  const status = text(mapping.status)
  const name = text(mapping.id) ?? text(mapping.group)
  if (status === null || name === null) return null
  const fires = mapping.firing.includes(status)
  if (!fires && !mapping.resolved.includes(status)) return 'ignored'
  const title = titleOf(text(mapping.title), name)
  return {
    group: text(mapping.group) ?? name,
    title,
    alerts: [
      {
        fingerprint: name,
        title,
        url: linkOf(text(mapping.url)),
        startsAt: timeOf(text(mapping.starts_at)),
        endsAt: fires ? null : (timeOf(text(mapping.ends_at)) ?? 'unknown'),
      },
    ],
  }
}

/** The text, number or truth that lies there; null where there is none. */
function textAt(value: unknown, names: string): string | null {
  const found = names
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name) ? (at as Record<string, unknown>)[name] : null,
      value,
    )
  if (typeof found === 'string') return found === '' ? null : found
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : null
}
