import { z } from 'zod'
import { CHANNELS } from './attempt.ts'
import { DAY, durationOf, millisecondsOf, plus } from './duration.ts'
import { isHold } from './hold.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { FieldError } from './refusal.ts'
import { INCIDENT_ROLES } from './role.ts'
import { isRaise, type Severity } from './severity.ts'

/** A duration of at least a second (a promise of zero would always be late). */
const duration = z.string().refine((text) => (millisecondsOf(text) ?? 0) >= 1000, {
  error: 'Use an ISO 8601 duration of at least one second, such as PT15M.',
})
const durationOrZero = z.string().refine((text) => (millisecondsOf(text) ?? -1) >= 0, {
  error: 'Use an ISO 8601 duration, such as PT10S or PT0S.',
})

/** Who a rung may reach, besides the roles of the incident. */
export const RUNG_RECIPIENTS = ['commander', ...INCIDENT_ROLES, 'everyone', 'fallback'] as const
export type RungRecipient = (typeof RUNG_RECIPIENTS)[number]

const RUNG_AT = /^[+-]?\d{1,4}%$/
export const rungSchema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,29}$/, { error: 'Use a short lower-case word.' }),
  at: z.string().refine((text) => RUNG_AT.test(text) || millisecondsOf(text.replace(/^\+/, '')) !== null, {
    error: 'Use a signed ISO 8601 duration (-PT4M) or a signed percentage (+33%).',
  }),
  to: z.array(z.enum(RUNG_RECIPIENTS)).min(1).max(RUNG_RECIPIENTS.length),
  channels: z.array(z.enum(CHANNELS)).min(1).max(CHANNELS.length),
})
export type Rung = z.infer<typeof rungSchema>

const ladder = z
  .array(rungSchema)
  .max(5, { error: 'A ladder has at most 5 rungs.' })
  .refine((rungs) => new Set(rungs.map((rung) => rung.name)).size === rungs.length, {
    error: 'Each rung needs a name of its own.',
  })

const severityCadenceSchema = z.strictObject({
  first_update: duration.nullable(),
  public: duration.nullable(),
  monitoring: duration.nullable(),
  first_briefing: duration.nullable(),
  briefing: duration.nullable(),
  max_extension: durationOrZero,
  extension_after: durationOrZero,
  max_snooze: durationOrZero,
  hold: z.string().refine(isHold, { error: 'Use an ISO 8601 duration of a day at most, such as PT10S or PT0S.' }),
  holding_notice: z.boolean(),
  /** For how long an update waits for a second person's approval at most; left out means none. */
  approval: duration
    .refine(isHold, { error: 'Use an ISO 8601 duration of a day at most, such as PT5M.' })
    .nullable()
    .default(null),
  ladder,
  briefing_ladder: ladder,
})
export type SeverityCadence = z.infer<typeof severityCadenceSchema>

const timeZone = z.string().refine((name) => Intl.supportedValuesOf('timeZone').includes(name) || name === 'Etc/UTC', {
  error: 'Use an IANA time zone, such as Europe/Berlin.',
})

/** The cadence exactly as `GET /cadence` answers and `PUT /cadence` takes it (contract section 4). */
export const cadencePolicySchema = z.strictObject({
  version: z.int().positive(),
  time_zone: timeZone,
  daily_reminder_at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'Use a time of day, such as 09:00.' }),
  fallback: z.array(z.string().regex(/^[a-z0-9]{12}$/)).max(50),
  SEV1: severityCadenceSchema,
  SEV2: severityCadenceSchema,
  SEV3: severityCadenceSchema,
  SEV4: severityCadenceSchema,
})
export type CadencePolicy = z.infer<typeof cadencePolicySchema>

const defaultLadder = (): Rung[] => [
  { name: 'reminder', at: '-25%', to: ['commander', 'comms_lead'], channels: ['sms', 'email'] },
  { name: 'due', at: '0%', to: ['commander', 'comms_lead'], channels: ['sms', 'email'] },
  { name: 'deputy', at: '+33%', to: ['deputy', 'fallback'], channels: ['sms', 'email'] },
  { name: 'sponsor', at: '+100%', to: ['executive_sponsor', 'everyone'], channels: ['sms', 'email', 'webhook'] },
]

const severityDefaults = (own: Partial<SeverityCadence>): SeverityCadence => ({
  first_update: null,
  public: null,
  monitoring: null,
  first_briefing: null,
  briefing: null,
  max_extension: 'PT15M',
  extension_after: 'PT0S',
  max_snooze: 'PT15M',
  hold: 'PT10S',
  holding_notice: false,
  approval: null,
  ladder: defaultLadder(),
  briefing_ladder: [{ name: 'due', at: '0%', to: ['commander'], channels: ['sms', 'email'] }],
  ...own,
})

/** The cadence of a fresh installation (contract section 4; standards C1, C6, C7). */
export const defaultPolicy = (): CadencePolicy => ({
  version: 1,
  time_zone: 'Etc/UTC',
  daily_reminder_at: '09:00',
  fallback: [],
  SEV1: severityDefaults({
    first_update: 'PT5M',
    public: 'PT15M',
    monitoring: 'PT30M',
    first_briefing: 'PT15M',
    briefing: 'PT30M',
    extension_after: 'PT2H',
    hold: 'PT0S',
  }),
  SEV2: severityDefaults({
    first_update: 'PT5M',
    public: 'PT30M',
    monitoring: 'PT60M',
    first_briefing: 'PT15M',
    extension_after: 'PT2H',
  }),
  SEV3: severityDefaults({ first_update: 'PT15M', public: 'PT60M', monitoring: 'PT60M' }),
  SEV4: severityDefaults({}),
})

/** A voluntary promise where policy asks for none may still not lie further ahead than this. */
const FURTHEST_PROMISE = 7 * DAY

/** The longest silence allowed after an update, in milliseconds; null where the cadence asks for none. */
export function longestSilence(policy: CadencePolicy, severity: Severity, status: IncidentStatus): number | null {
  if (status === 'resolved') return null
  const terms = policy[severity]
  const duration = status === 'monitoring' ? terms.monitoring : terms.public
  return duration === null ? null : millisecondsOf(duration)
}

/** What an author asked for: an interval, an instant, or nothing (the default). */
export type AskedPromise = { in: number } | { at: Date } | null

/** What may let a promise lie beyond the cadence: how old the incident is, in milliseconds, and why it should. */
export interface Extension {
  age: number
  reason: string | null
}

export type Promised = { dueAt: Date | null } | { refused: FieldError }

/**
 * The promise that an update published at `publishedAt` gives. Asked for later than the cadence allows it is refused,
 * unless the incident is old enough and a reason is given (standards C3), as is one that does not lie ahead; with nothing
 * asked for it is the cadence's own (C1, C2).
 */
export function promiseOfUpdate(
  policy: CadencePolicy,
  update: {
    severity: Severity
    status: IncidentStatus
    publishedAt: Date
    asked: AskedPromise
    extension?: Extension
  },
): Promised {
  const { severity, status, publishedAt, asked, extension = NO_EXTENSION } = update
  const limit = longestSilence(policy, severity, status)
  if (asked === null) return { dueAt: limit === null ? null : plus(publishedAt, limit) }
  const field = 'in' in asked ? 'next_update_in' : 'next_update_at'
  if (status === 'resolved')
    return { refused: { field, code: 'resolved', message: 'A resolution ends the promises; leave this out.' } }
  const wanted = 'in' in asked ? asked.in : asked.at.getTime() - publishedAt.getTime()
  if (wanted <= 0) return { refused: { field, code: 'in_the_past', message: 'Promise a time that lies ahead.' } }
  const beyond = wanted > (limit ?? FURTHEST_PROMISE)
  if (beyond && !isExtended(policy[severity], limit, wanted, extension)) {
    const message = `${severity} allows ${durationOf(limit ?? FURTHEST_PROMISE)}; you asked ${durationOf(wanted)}.`
    const way = limit === null ? '' : wayBeyond(policy[severity], limit, extension)
    return { refused: { field, code: 'cadence_exceeded', message: message + way } }
  }
  if (!beyond && extension.reason !== null)
    return { refused: { field: 'extension_reason', code: 'contradiction', message: WITHIN } }
  return { dueAt: plus(publishedAt, wanted) }
}

const NO_EXTENSION: Extension = { age: 0, reason: null }
const WITHIN = 'The cadence allows this promise as it is; leave extension_reason out.'

type Terms = CadencePolicy[Severity]

const isOldEnough = (terms: Terms, { age }: Extension): boolean => age >= millisecondsOf(terms.extension_after)!

const isExtended = (terms: Terms, limit: number | null, wanted: number, extension: Extension): boolean =>
  limit !== null &&
  extension.reason !== null &&
  isOldEnough(terms, extension) &&
  wanted <= limit + millisecondsOf(terms.max_extension)!

/** What would have to be so for a later promise; nothing where none is ever possible. */
function wayBeyond(terms: Terms, limit: number, extension: Extension): string {
  const longest = millisecondsOf(terms.max_extension)!
  if (longest === 0) return ''
  if (!isOldEnough(terms, extension))
    return extension.reason === null ? '' : ` More can be promised once the incident is ${terms.extension_after} old.`
  return ` With extension_reason it allows ${durationOf(limit + longest)}.`
}

/** The promise of a declaration without words: the first-update clock (standards C6). */
export function promiseOfDeclaration(policy: CadencePolicy, severity: Severity, declaredAt: Date): Date | null {
  const first = policy[severity].first_update
  return first === null ? null : plus(declaredAt, millisecondsOf(first)!)
}

/**
 * The promise after a change of severity without an update (standards C8): raised, the earlier of the old promise and
 * now + the new cadence; lowered, the old promise stands. Before the first word the first-update clock counts as cadence.
 */
export function promiseOfSeverity(
  policy: CadencePolicy,
  change: { from: Severity; to: Severity; status: IncidentStatus; spoken: boolean; dueAt: Date | null; now: Date },
): Date | null {
  const { from, to, status, spoken, dueAt, now } = change
  if (!isRaise(from, to)) return dueAt
  const fresh = spoken ? promiseAt(longestSilence(policy, to, status), now) : promiseOfDeclaration(policy, to, now)
  if (!dueAt || !fresh) return dueAt ?? fresh
  return new Date(Math.min(fresh.getTime(), dueAt.getTime()))
}

const promiseAt = (limit: number | null, now: Date): Date | null => (limit === null ? null : plus(now, limit))

/** Whether a promise is broken at `now`. Met means published at or before the promised instant (standards C33). */
export const isOverdue = (dueAt: Date | null, now: Date): boolean => dueAt !== null && now > dueAt
