import { z } from 'zod'
import { COMPONENT_STATUSES } from '../domain/component.ts'
import { millisecondsOf } from '../domain/duration.ts'
import { isHold } from '../domain/hold.ts'
import { oneLine } from '../domain/names.ts'
import { INCIDENT_ROLES } from '../domain/role.ts'

/** Field schemas that several actions share; each has a limit and a refusal that says how to mend it. */

export const idSchema = z.string().regex(/^[a-z0-9]{12}$/, { error: 'An id has 12 characters, a–z and 0–9.' })

/** The history has a page for every month since the first incident: a mistyped year, such as 0026, would make thousands. */
const EARLIEST = new Date('2000-01-01T00:00:00Z')
const LATEST = new Date('2999-12-31T23:59:59.999Z')
const YEARS = { error: 'Give a year between 2000 and 2999.' }

/** An RFC 3339 instant with an offset, read as a `Date`. */
export const instant = z.iso
  .datetime({ offset: true, error: 'Use RFC 3339 with a zone, such as 2026-11-12T14:45:00Z.' })
  .pipe(z.coerce.date<string>().min(EARLIEST, YEARS).max(LATEST, YEARS))

const ZONES = new Set(['Etc/UTC', ...Intl.supportedValuesOf('timeZone')])

/** An IANA time zone. */
export const zone = z.string().refine((name) => ZONES.has(name), {
  error: 'Use an IANA time zone, such as Europe/Berlin.',
})

/** An ISO 8601 duration of at least a second, read as milliseconds. */
export const interval = z
  .string()
  .max(20)
  .refine((text) => (millisecondsOf(text) ?? 0) >= 1000, { error: 'Use an ISO 8601 duration, such as PT15M.' })
  .transform((text) => millisecondsOf(text)!)

/** How long an update is held: an ISO 8601 duration from nothing to a day, read as milliseconds. */
export const holding = z
  .string()
  .max(20)
  .refine(isHold, { error: 'Use an ISO 8601 duration of a day at most, such as PT10S or PT0S.' })
  .transform((text) => millisecondsOf(text)!)

export const namedComponents = z
  .array(z.strictObject({ id: idSchema, status: z.enum(COMPONENT_STATUSES).optional() }))
  .max(200)

export const personInRole = idSchema.nullable()
export const rolesSchema = z.strictObject(
  Object.fromEntries(INCIDENT_ROLES.map((role) => [role, personInRole.optional()])) as Record<
    (typeof INCIDENT_ROLES)[number],
    z.ZodOptional<typeof personInRole>
  >,
)

/** An https address (http only for machines of one's own), at most 2,000 characters. */
export const webAddress = z
  .string()
  .max(2000)
  .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), {
    error: 'Use an address without control characters.',
  })
  .pipe(z.url({ protocol: /^https?$/, error: 'Use a web address that begins with https://.' }))

export const warRoomSchema = z.strictObject({
  bridge_url: webAddress.nullable(),
  channel_url: webAddress.nullable(),
  documents: z.array(z.strictObject({ name: oneLine(80), url: webAddress })).max(20),
})
