import type { CadencePolicy, Rung } from '../../domain/cadence.ts'
import { LENGTHS, type Length, RUNG_SLOTS } from '../../domain/cadence-screen.ts'
import { MINUTE, millisecondsOf } from '../../domain/duration.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { SEVERITIES } from '../../domain/severity.ts'

type Fields = Record<string, string>

const UNIT = { minutes: MINUTE, seconds: 1000 }
const LETTER = { minutes: 'M', seconds: 'S' }
const lengths = Object.keys(LENGTHS) as Length[]
const slots = [...Array(RUNG_SLOTS).keys()]

/** The form's fields for a cadence: its own paths, with lengths in minutes or seconds and rungs in numbered slots. */
export function cadenceFields(policy: CadencePolicy): Fields {
  const fields: Fields = {
    version: String(policy.version),
    time_zone: policy.time_zone,
    daily_reminder_at: policy.daily_reminder_at,
    fallback: policy.fallback.join(','),
  }
  for (const severity of SEVERITIES) {
    const terms = policy[severity]
    for (const name of lengths) fields[`${severity}.${name}`] = lengthText(terms[name], UNIT[LENGTHS[name]])
    if (terms.holding_notice) fields[`${severity}.holding_notice`] = 'on'
    for (const [slot, rung] of terms.ladder.entries())
      Object.assign(fields, rungFields(rung, `${severity}.ladder.${slot}`))
  }
  return fields
}

const lengthText = (duration: string | null, unit: number): string =>
  duration === null ? '' : String(millisecondsOf(duration)! / unit)

const rungFields = (rung: Rung, path: string): Fields => ({
  [`${path}.name`]: rung.name,
  ...atFields(rung.at, path),
  [`${path}.to`]: rung.to.join(','),
  [`${path}.channels`]: rung.channels.join(','),
})

function atFields(at: string, path: string): Fields {
  const percent = /^([+-]?\d+)%$/.exec(at)?.[1]
  const number = percent === undefined ? millisecondsOf(at.replace(/^\+/, ''))! / MINUTE : Number(percent)
  return {
    [`${path}.side`]: number < 0 ? 'before' : 'after',
    [`${path}.amount`]: String(Math.abs(number)),
    [`${path}.unit`]: percent === undefined ? 'minutes' : 'percent',
  }
}

/**
 * The cadence that the form's fields say, for its schema to judge, and the field of the form in which a fault of it
 * stands. What was left as it is keeps its text; ladders of briefings are not in the form and stay as they are.
 */
export function cadenceOfFields(fields: Fields, old: CadencePolicy) {
  const kept = Object.fromEntries(SEVERITIES.map((severity) => [severity, slotsIn(fields, severity)]))
  const before = cadenceFields(old)
  const severityOf = (severity: (typeof SEVERITIES)[number]) => ({
    ...old[severity],
    ...Object.fromEntries(
      lengths.map((name) => [
        name,
        lengthIn(fields, before, `${severity}.${name}`, old[severity][name], LENGTHS[name]),
      ]),
    ),
    holding_notice: fields[`${severity}.holding_notice`] === 'on',
    ladder: kept[severity]!.map((slot) =>
      rungIn(fields, before, `${severity}.ladder.${slot}`, old[severity].ladder[slot]),
    ),
  })
  const input = {
    version: Number(fields.version),
    time_zone: fields.time_zone ?? '',
    daily_reminder_at: fields.daily_reminder_at ?? '',
    fallback: listIn(fields, 'fallback'),
    ...Object.fromEntries(SEVERITIES.map((severity) => [severity, severityOf(severity)])),
  }
  return { input, place: (error: FieldError) => inWordsOfForm({ ...error, field: fieldOf(error.field, kept) }) }
}

const slotsIn = (fields: Fields, severity: string): number[] =>
  slots.filter((slot) => {
    const path = `${severity}.ladder.${slot}`
    const filled = ['name', 'amount', 'to', 'channels'].some((part) => fields[`${path}.${part}`]?.trim())
    return filled && fields[`${path}.remove`] !== 'on'
  })

const listIn = (fields: Fields, name: string): string[] => (fields[name] ?? '').split(',').filter(Boolean)

/** A length as typed: a number of its unit, nothing, or what is no number and its schema refuses. */
function lengthIn(fields: Fields, before: Fields, name: string, old: string | null, unit: 'minutes' | 'seconds') {
  const text = fields[name]?.trim() ?? ''
  if (text === before[name]) return old
  if (text === '') return null
  return isNumber(text) ? isoLength(text, unit) : text
}

const isNumber = (text: string): boolean => /^\d{1,6}(\.\d{1,3})?$/.test(text)

/** Whole numbers in the unit typed, others in seconds. */
const isoLength = (text: string, unit: 'minutes' | 'seconds'): string =>
  Number.isInteger(Number(text))
    ? `PT${Number(text)}${LETTER[unit]}`
    : `PT${Math.round((Number(text) * UNIT[unit]) / 1000)}S`

function rungIn(fields: Fields, before: Fields, path: string, old: Rung | undefined) {
  const untouched =
    old && ['side', 'amount', 'unit'].every((part) => fields[`${path}.${part}`] === before[`${path}.${part}`])
  return {
    name: fields[`${path}.name`]?.trim() ?? '',
    at: untouched ? old.at : atIn(fields, path),
    to: listIn(fields, `${path}.to`),
    channels: listIn(fields, `${path}.channels`),
  }
}

function atIn(fields: Fields, path: string): string {
  const amount = fields[`${path}.amount`]?.trim() ?? ''
  const sign = fields[`${path}.side`] === 'before' ? '-' : '+'
  if (!isNumber(amount)) return amount
  return fields[`${path}.unit`] === 'percent' ? `${sign}${amount}%` : `${sign}${isoLength(amount, 'minutes')}`
}

/** Where in the form a fault of the cadence stands. */
function fieldOf(path: string, kept: Record<string, number[]>): string {
  if (path.startsWith('fallback')) return 'fallback'
  const [severity, list, index, part] = path.split('.')
  if (list !== 'ladder' || index === undefined) return path
  const slot = `${severity}.ladder.${kept[severity!]?.[Number(index)] ?? index}`
  return `${slot}.${part === 'at' ? 'amount' : (part ?? 'name')}`
}

/** The schema speaks of ISO 8601 durations; whoever types numbers is told of numbers. */
function inWordsOfForm(error: FieldError): FieldError {
  const part = error.field.split('.').at(-1)!
  if (part === 'amount') return { ...error, message: 'Use a number, such as 5; per cent have no decimals.' }
  const unit = Object.entries(LENGTHS).find(([name]) => name === part)?.[1]
  return unit ? { ...error, message: `Use a number of ${unit}, such as 15.` } : error
}
