import { z } from 'zod'
import {
  BRIEFING_WORDS,
  type BriefingAction,
  CONFIDENCES,
  type Confidence,
  UNKNOWN,
  wordsOfBriefing,
} from '../domain/briefing.ts'
import { bodyText, oneLine } from '../domain/names.ts'
import { type FieldError, Refusal, refuseField } from '../domain/refusal.ts'
import { idSchema, instant, interval } from './fields.ts'

/** A text of a briefing. Left out, null and nothing but spaces are all blank: read as null, and refused by name later. */
const said = (schema: z.ZodType<string, string>) =>
  z
    .string()
    .nullish()
    .transform((text) => (text?.trim() ? text : null))
    .pipe(schema.nullable())

const blankOr = <T extends z.ZodType>(schema: T, error: string) =>
  z.union([z.literal(UNKNOWN), z.literal(''), schema], { error }).nullish()

const decisionNeeded = z.strictObject({
  question: said(bodyText(500)),
  by_person_id: idSchema,
  by: instant,
  advice: said(bodyText(500)),
})

/** What a briefing takes (contract section 4, Briefings; standards C23). */
export const postBriefingInput = z.strictObject({
  headline: said(oneLine(200)),
  situation: said(bodyText(1000)),
  customer_impact: said(bodyText(500)),
  customers_affected: blankOr(z.int().min(0).max(2_000_000_000), 'Use a whole number, or "unknown".'),
  business_impact: said(bodyText(500)),
  support_load: said(bodyText(500)),
  actions: blankOr(
    z.array(z.strictObject({ what: said(oneLine(200)), owner: said(oneLine(100)) })).max(20),
    'Name what is done and who owns it, at most 20 of them, or say "unknown".',
  ),
  eta: blankOr(instant, 'Use RFC 3339 with a zone, such as 2026-11-12T14:55:00Z, or "unknown".'),
  confidence: z.enum([...CONFIDENCES, '']).nullish(),
  decision_needed: decisionNeeded.nullish(),
  next_briefing_in: interval.optional(),
})
export type PostBriefing = z.infer<typeof postBriefingInput>

/** A briefing that says something in every field; null stands for "unknown". */
export interface SaidInBriefing {
  headline: string
  situation: string
  customerImpact: string
  customersAffected: number | null
  businessImpact: string
  supportLoad: string
  actions: BriefingAction[] | null
  eta: Date | null
  confidence: Confidence
  decision: { question: string; personId: string; dueAt: Date; advice: string } | null
}

/** Reads a briefing, or refuses it: with the name of every field that was left blank, or for being too long. */
export function saidIn(input: PostBriefing): SaidInBriefing {
  const blank = blankFields(input)
  if (blank.length > 0) throw new Refusal('invalid', blank[0]!.message, blank)
  const said = whole(input)
  refuseTooLong(said)
  return said
}

function whole(input: PostBriefing): SaidInBriefing {
  const { actions, customers_affected, eta, decision_needed } = input
  return {
    headline: input.headline!,
    situation: input.situation!,
    customerImpact: input.customer_impact!,
    customersAffected: typeof customers_affected === 'number' ? customers_affected : null,
    businessImpact: input.business_impact!,
    supportLoad: input.support_load!,
    actions: Array.isArray(actions) ? (actions as BriefingAction[]) : null,
    eta: eta instanceof Date ? eta : null,
    confidence: input.confidence as Confidence,
    decision: decision_needed
      ? {
          question: decision_needed.question!,
          personId: decision_needed.by_person_id,
          dueAt: decision_needed.by,
          advice: decision_needed.advice!,
        }
      : null,
  }
}

const ALWAYS = [
  'headline',
  'situation',
  'customer_impact',
  'customers_affected',
  'business_impact',
  'support_load',
  'actions',
  'eta',
  'confidence',
] as const

function blankFields(input: PostBriefing): FieldError[] {
  const { actions, decision_needed } = input
  const fields: [string, unknown][] = ALWAYS.map((name) => [name, input[name]])
  if (Array.isArray(actions)) {
    fields.push(['actions', actions.length > 0 ? UNKNOWN : null])
    for (const [index, action] of actions.entries())
      fields.push([`actions.${index}.what`, action.what], [`actions.${index}.owner`, action.owner])
  }
  if (decision_needed)
    fields.push(
      ['decision_needed.question', decision_needed.question],
      ['decision_needed.advice', decision_needed.advice],
    )
  return fields
    .filter(([, value]) => value === null || value === undefined || value === '')
    .map(([name]) => blankAt(name))
}

const blankAt = (field: string): FieldError => ({
  field,
  code: 'blank_use_unknown',
  message: 'Blank is no answer: say what is known, or "unknown".',
})

function refuseTooLong(said: SaidInBriefing): void {
  const words = wordsOfBriefing(said)
  if (words >= BRIEFING_WORDS)
    throw refuseField(
      'situation',
      'too_many_words',
      `This has ${words} words; a briefing stays under ${BRIEFING_WORDS} (the table is not counted).`,
    )
}
