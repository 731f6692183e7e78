import type { Maintenance } from '../../../db/queries/maintenances.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { besideComponents, componentsIn } from './affected-fields.ts'
import { localTime, typed, utcTime } from './forms.ts'

type Fields = Record<string, string>

/** How long before the start one may be reminded; in a form the field is `reminder:<when>`. */
const REMINDERS = ['-P7D', '-PT24H', '-PT1H']

/** What the form says when nobody has typed into it. */
export const usualPlan: Fields = { 'reminder:-PT24H': 'on', 'reminder:-PT1H': 'on', by_itself: 'on', notify: 'on' }

/** The form of a plan as the action takes it. Its window is in UTC. */
export const planInput = (fields: Fields) => ({
  title: fields.title ?? '',
  body: fields.body ?? '',
  scheduled_for: utcTime(typed(fields, 'scheduled_for')),
  scheduled_until: utcTime(typed(fields, 'scheduled_until')),
  components: componentsIn(fields).map(({ id }) => id),
  rrule: ruleIn(fields),
  reminders: REMINDERS.filter((when) => fields[`reminder:${when}`]),
  ...switches(fields),
})

/** One of the usual rules, or one in their own words; null: it does not recur. */
function ruleIn(fields: Fields): string | null {
  if (fields.repeats === 'own') return fields.rrule ?? ''
  return typed(fields, 'repeats') ?? null
}

const switches = (fields: Fields) => ({
  auto_start: fields.by_itself === 'on',
  auto_complete: fields.by_itself === 'on',
  notify: fields.notify === 'on',
})

/** The facts of a maintenance as its form holds them. */
export const factsOf = (maintenance: Maintenance, componentIds: readonly string[]): Fields => ({
  title: maintenance.title,
  body: maintenance.body,
  scheduled_for: localTime(maintenance.scheduledFor),
  scheduled_until: localTime(maintenance.scheduledUntil),
  ...Object.fromEntries(componentIds.map((id) => [`component:${id}`, 'on'])),
  ...(maintenance.autoStart && maintenance.autoComplete ? { by_itself: 'on' } : {}),
  ...(maintenance.notify ? { notify: 'on' } : {}),
})

/** What differs from how things stand: a form sends every field, and a new window is told to everybody. */
export function changeInput(fields: Fields, present: Maintenance, componentIds: readonly string[]) {
  const before = factsOf(present, componentIds)
  const differs = (name: string) => (fields[name] ?? '') !== (before[name] ?? '')
  const named = componentsIn(fields).map(({ id }) => id)
  const moved = ['scheduled_for', 'scheduled_until'].some(differs)
  const chosen =
    new Set([...named, ...componentIds]).size !== componentIds.length || named.length !== componentIds.length
  const { notify, ...itself } = switches(fields)
  return {
    ...(differs('title') && { title: fields.title ?? '' }),
    ...(differs('body') && { body: fields.body ?? '' }),
    ...(moved && {
      scheduled_for: utcTime(typed(fields, 'scheduled_for')) ?? '',
      scheduled_until: utcTime(typed(fields, 'scheduled_until')) ?? '',
    }),
    ...(chosen && { components: named }),
    ...(differs('by_itself') && itself),
    ...(differs('notify') && { notify }),
  }
}

/** Puts an error about one of several beside the field that it is about. */
export const besideFields =
  (fields: Fields) =>
  (error: FieldError): FieldError => {
    const placed = besideComponents(componentsIn(fields))(error)
    return { ...placed, field: placed.field.replace(/^reminders\.\d+$/, 'reminders') }
  }
