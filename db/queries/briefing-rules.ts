import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { BriefingMatter, BriefingRule } from '../../api/domain/briefing.ts'
import type { Transaction } from '../client.ts'
import { briefingRules, componentGroups, components } from '../schema.ts'
import type { Reader } from './cadence.ts'
import { componentsHeldBy, type Incident } from './incidents.ts'

/** The rules in their order. */
export const rulesOfBriefing = async (reader: Reader): Promise<BriefingRule[]> =>
  (await reader.select().from(briefingRules).orderBy(asc(briefingRules.position))).map(
    ({ position: _, ...rule }) => rule,
  )

/** Lets one at a time change the rules; who reads them waits for nobody. */
export const lockBriefingRules = (tx: Transaction) =>
  tx.execute(sql`lock table briefing_rules in share row exclusive mode`)

/** Puts these rules in the place of all there were. */
export async function replaceBriefingRules(tx: Transaction, rules: readonly BriefingRule[]): Promise<void> {
  await tx.delete(briefingRules)
  if (rules.length === 0) return
  await tx.insert(briefingRules).values(
    rules.map((rule, position) => ({
      position,
      to: [...rule.to],
      severities: [...rule.severities],
      components: [...rule.components],
      businessUnit: rule.businessUnit,
      channels: [...rule.channels],
    })),
  )
}

/** What the rules look at of an incident: what it holds, and the groups of that. */
export async function matterOf(
  reader: Reader,
  { id, severity }: Pick<Incident, 'id' | 'severity'>,
): Promise<BriefingMatter> {
  const held = (await componentsHeldBy(reader, [id])).get(id) ?? []
  const componentIds = held.map((component) => component.id)
  if (componentIds.length === 0) return { severity, componentIds, businessUnits: [] }
  const groups = await reader
    .selectDistinct({ name: componentGroups.name })
    .from(components)
    .innerJoin(componentGroups, eq(componentGroups.id, components.groupId))
    .where(inArray(components.id, componentIds))
  return { severity, componentIds, businessUnits: groups.map((group) => group.name) }
}
