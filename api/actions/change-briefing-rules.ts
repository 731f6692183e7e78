import { inArray } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { activePeople, replaceBriefingRules, rulesOfBriefing } from '../../db/queries/briefing-rules.ts'
import { components } from '../../db/schema.ts'
import { BRIEFING_CHANNELS, type BriefingRule } from '../domain/briefing.ts'
import { oneLine } from '../domain/names.ts'
import { type FieldError, Refusal } from '../domain/refusal.ts'
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

/** All rules, in their order (contract section 4, `PUT /briefing-rules`). */
export const briefingRulesInput = z.array(briefingRuleSchema).max(200)

/** Changes who is briefed on what from the next briefing on; takes whole what GET answers. */
export const changeBriefingRules = (
  acting: Acting,
  input: z.infer<typeof briefingRulesInput>,
): Promise<BriefingRule[]> =>
  acting.db.transaction(async (tx) => {
    const rules = input.map((rule) => ({
      to: [...new Set(rule.to)],
      severities: rule.severities ?? [],
      components: rule.components ?? [],
      businessUnit: rule.business_unit ?? null,
      channels: rule.channels ?? BRIEFING_CHANNELS,
    }))
    await refuseUnknown(tx, rules)
    const before = await rulesOfBriefing(tx)
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

async function refuseUnknown(tx: Transaction, rules: readonly BriefingRule[]): Promise<void> {
  const people = await activePeople(tx, [...new Set(rules.flatMap((rule) => rule.to))])
  const named = [...new Set(rules.flatMap((rule) => rule.components))]
  const rows = named.length === 0 ? [] : await tx.select().from(components).where(inArray(components.id, named))
  const errors: FieldError[] = rules.flatMap((rule, index) => [
    ...rule.to
      .filter((id) => !people.some((person) => person.id === id))
      .map((id) => ({ field: `${index}.to`, code: 'unknown', message: `There is no active person ${id}.` })),
    ...rule.components
      .filter((id) => !rows.some((component) => component.id === id))
      .map((id) => ({ field: `${index}.components`, code: 'unknown', message: `There is no component ${id}.` })),
  ])
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
}
