import { createHash } from 'node:crypto'
import { inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { lockBriefingRules, replaceBriefingRules, rulesOfBriefing } from '../../db/queries/briefing-rules.ts'
import { activeById } from '../../db/queries/recipients.ts'
import { components } from '../../db/schema.ts'
import { BRIEFING_CHANNELS, type BriefingRule } from '../domain/briefing.ts'
import { oneLine } from '../domain/names.ts'
import { type FieldError, Refusal, refuseField } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'

/** One rule as the API takes and answers it; what is left out, or empty, leaves nothing out. */
export const briefingRuleSchema = z.strictObject({
  to: z.array(idSchema).min(1, { error: 'Name at least one person.' }).max(500),
  severities: z.array(z.enum(SEVERITIES)).max(4).nullish(),
  components: z.array(idSchema).max(200).nullish(),
  business_unit: oneLine(80).nullish(),
  channels: z.array(z.enum(BRIEFING_CHANNELS)).min(1).max(3).nullish(),
})
type RuleInput = z.infer<typeof briefingRuleSchema>

const MOST_RULES = 200

/** All rules, in their order (contract section 4, `PUT /briefing-rules`). */
export const briefingRulesInput = z.array(briefingRuleSchema).max(MOST_RULES)

/** What tells one rule from another: it changes with every change of the rule, so that nobody edits what they did not see. */
export const keyOfRule = ({ to, severities, components, businessUnit, channels }: BriefingRule): string =>
  createHash('sha256')
    .update(JSON.stringify([to, severities, components, businessUnit, channels]))
    .digest('hex')
    .slice(0, 12)

/** Changes who is briefed on what from the next briefing on; takes whole what GET answers. */
export const changeBriefingRules = (acting: Acting, input: readonly RuleInput[]): Promise<BriefingRule[]> =>
  edit(acting, () => input.map(ruleOf))

/** Adds a rule behind the others. */
export const addBriefingRule = (acting: Acting, input: RuleInput): Promise<BriefingRule[]> =>
  edit(acting, (before) => {
    if (before.length >= MOST_RULES)
      throw refuseField('', 'too_many', `There are ${MOST_RULES} rules; join some before you add another.`)
    return [...before, ruleOf(input)]
  })

/** Puts a rule in the place of another; refused as stale when that one is no longer there as it was seen. */
export const changeBriefingRule = (acting: Acting, key: string, input: RuleInput): Promise<BriefingRule[]> =>
  edit(acting, (before) => before.with(placeOf(before, key), ruleOf(input)))

/** Takes a rule away, with the same refusal. */
export const removeBriefingRule = (acting: Acting, key: string): Promise<BriefingRule[]> =>
  edit(acting, (before) => before.toSpliced(placeOf(before, key), 1))

function placeOf(rules: readonly BriefingRule[], key: string): number {
  const place = rules.findIndex((rule) => keyOfRule(rule) === key)
  if (place < 0) throw new Refusal('stale', 'Somebody changed or removed this rule since you looked.')
  return place
}

const ruleOf = (input: RuleInput): BriefingRule => ({
  to: [...new Set(input.to)],
  severities: input.severities ?? [],
  components: input.components ?? [],
  businessUnit: input.business_unit ?? null,
  channels: input.channels ?? BRIEFING_CHANNELS,
})

const edit = (
  acting: Acting,
  change: (before: readonly BriefingRule[]) => readonly BriefingRule[],
): Promise<BriefingRule[]> =>
  acting.db.transaction(async (tx) => {
    await lockBriefingRules(tx)
    const before = await rulesOfBriefing(tx)
    const rules = change(before)
    await refuseUnknown(tx, before, rules)
    await replaceBriefingRules(tx, rules)
    const after = await rulesOfBriefing(tx)
    await audit(tx, acting.actor, {
      action: 'briefing_rules.changed',
      subject: { kind: 'briefing_rules', id: 'briefing_rules' },
      before: { rules: before },
      after: { rules: after },
    })
    return after
  })

/** Whom a rule has named already it may go on naming: that one of them has left keeps nobody from changing the others. */
async function refuseUnknown(tx: Transaction, before: readonly BriefingRule[], rules: readonly BriefingRule[]) {
  const people = await activeById(tx, [...new Set(rules.flatMap((rule) => rule.to))])
  const known = new Set([...people.map((person) => person.id), ...before.flatMap((rule) => rule.to)])
  const named = [...new Set(rules.flatMap((rule) => rule.components))]
  const rows = named.length === 0 ? [] : await tx.select().from(components).where(inArray(components.id, named))
  const errors: FieldError[] = rules.flatMap((rule, index) => [
    ...rule.to
      .filter((id) => !known.has(id))
      .map((id) => ({ field: `${index}.to`, code: 'unknown', message: `There is no active person ${id}.` })),
    ...rule.components
      .filter((id) => !rows.some((component) => component.id === id))
      .map((id) => ({ field: `${index}.components`, code: 'unknown', message: `There is no component ${id}.` })),
  ])
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
}
