import type { Briefing } from '../../../db/queries/briefings.ts'
import { UNKNOWN, wordsOfBriefing } from '../../domain/briefing.ts'
import { BRIEFING_FIELDS, briefingPart } from '../../domain/briefing-form.ts'
import { durationOf } from '../../domain/duration.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { localTime, typed, utcTime } from './forms.ts'

type Fields = Record<string, string>

/** Rows to name actions in. */
export const ACTION_ROWS = 3

/** Whether the public update is to take the briefing along. */
export const takesBriefing = (fields: Fields): boolean => fields.with_briefing === 'on'

/** What a form holds of the briefing: its fields, and whether it goes along. */
export const briefingTyped = (fields: Fields): Fields => ({
  ...briefingPart(fields),
  ...(takesBriefing(fields) && { with_briefing: 'on' }),
})

/** What a form holds beside the briefing, without the buttons of the briefing. */
export const besideBriefing = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields).filter(
      ([name]) => !name.startsWith(BRIEFING_FIELDS) && !['with_briefing', 'brief', 'preview_briefing'].includes(name),
    ),
  )

/** The composer's fields as the action takes them. */
export function briefingInput(fields: Fields) {
  const of = (name: string) => typed(fields, BRIEFING_FIELDS + name)
  return {
    headline: of('headline'),
    situation: of('situation'),
    customer_impact: of('customer_impact'),
    customers_affected: numberIn(of('customers_affected')),
    business_impact: of('business_impact'),
    support_load: of('support_load'),
    actions: actionsIn(fields),
    eta: of('eta_unknown') ? UNKNOWN : utcTime(of('eta')),
    confidence: of('confidence'),
    decision_needed: decisionIn(fields),
    next_briefing_in: of('next_briefing_in'),
  }
}

/** "6,000" and "6 000" are numbers; what is none is handed on for the schema to refuse. */
function numberIn(text: string | undefined): number | string | undefined {
  const plain = text?.replace(/[\s,.'’]/g, '')
  return plain && /^\d{1,10}$/.test(plain) ? Number(plain) : text?.trim().toLowerCase()
}

function actionsIn(fields: Fields) {
  const rows = Array.from({ length: ACTION_ROWS }, (_, row) => ({
    what: typed(fields, `${BRIEFING_FIELDS}actions.${row}.what`),
    owner: typed(fields, `${BRIEFING_FIELDS}actions.${row}.owner`),
  })).filter(({ what, owner }) => what !== undefined || owner !== undefined)
  const [only] = rows
  if (rows.length === 1 && only?.owner === undefined && only?.what?.trim().toLowerCase() === UNKNOWN) return UNKNOWN
  return rows.length > 0 ? rows : undefined
}

function decisionIn(fields: Fields) {
  const of = (name: string) => typed(fields, `${BRIEFING_FIELDS}decision_needed.${name}`)
  if (!of('question') && !of('advice')) return undefined
  return {
    question: of('question'),
    by_person_id: of('by_person_id'),
    by: utcTime(of('by')),
    advice: of('advice'),
  }
}

/** The fields that the last briefing prefills; its headline and its decision were of their time. */
export const fieldsOfBriefing = (briefing: Briefing): Fields =>
  prefixed({
    situation: briefing.situation,
    customer_impact: briefing.customerImpact,
    customers_affected: String(briefing.customersAffected ?? UNKNOWN),
    business_impact: briefing.businessImpact,
    support_load: briefing.supportLoad,
    eta: briefing.eta ? localTime(briefing.eta) : '',
    eta_unknown: briefing.eta ? '' : 'on',
    confidence: briefing.confidence,
    ...Object.fromEntries(
      (briefing.actions ?? [{ what: UNKNOWN, owner: '' }]).slice(0, ACTION_ROWS).flatMap(({ what, owner }, row) => [
        [`actions.${row}.what`, what],
        [`actions.${row}.owner`, owner],
      ]),
    ),
  })

/** The fields of a first briefing: what the system knows, and "unknown" for what only people can find out. */
export const fieldsOfFirst = (known: { customerImpact: string }): Fields =>
  prefixed({
    customer_impact: known.customerImpact,
    customers_affected: UNKNOWN,
    business_impact: UNKNOWN,
    support_load: UNKNOWN,
    eta_unknown: 'on',
    confidence: UNKNOWN,
    'actions.0.what': UNKNOWN,
  })

/** What the select of the next briefing begins with: the cadence's own interval. */
export const usualInterval = (interval: number | null): Fields =>
  prefixed({ next_briefing_in: interval === null ? '' : durationOf(interval) })

const prefixed = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [BRIEFING_FIELDS + name, value]))

/** Words of the sentences as they stand in the form. */
export const wordsTyped = (fields: Fields): number => {
  const of = (name: string) => fields[BRIEFING_FIELDS + name] ?? ''
  return wordsOfBriefing({
    headline: of('headline'),
    situation: of('situation'),
    customerImpact: of('customer_impact'),
    businessImpact: of('business_impact'),
    supportLoad: of('support_load'),
  })
}

/** Puts an error beside the field of the form that it is about. */
export function besideField(error: FieldError): FieldError {
  const field = error.field === 'actions' ? 'actions.0.what' : error.field
  return { ...error, field: field && BRIEFING_FIELDS + field }
}
