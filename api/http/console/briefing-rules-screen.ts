import { rulesOfBriefing } from '../../../db/queries/briefing-rules.ts'
import { whoDecides } from '../../../db/queries/briefings.ts'
import type { Reader } from '../../../db/queries/cadence.ts'
import { allGroups, componentById } from '../../../db/queries/components.ts'
import { openIncidents } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import { activeById, type Reached } from '../../../db/queries/recipients.ts'
import { channelsTo, reachOfBriefing } from '../../actions/briefing-reach.ts'
import { keyOfRule } from '../../actions/change-briefing-rules.ts'
import { type BriefingChannel, type BriefingRule, namedByRules, sameName } from '../../domain/briefing.ts'
import type {
  BriefingRuleRow,
  BriefingRuleScreen,
  BriefingRulesScreen,
  ReachedPerson,
  RuleChoices,
} from '../../domain/briefing-rules-screen.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import type { Call } from '../route.ts'
import { componentChoices } from './component-choices.ts'
import { emptyForm } from './forms.ts'
import { shellOf } from './shell.ts'

type Component = NonNullable<Awaited<ReturnType<typeof componentById>>>

/** What the rules are printed with. */
interface Known {
  people: Map<string, Reached>
  names: Map<string, string>
  components: Map<string, Component>
  units: string[]
}

/** Every rule with whom it reaches now, and the form for another. */
export async function briefingRulesScreen(call: Call, adding: Form = emptyForm()): Promise<BriefingRulesScreen> {
  const { db } = call.acting
  const shell = await shellOf(call)
  const rules = await rulesOfBriefing(db)
  const known = await knownOf(db, rules)
  return {
    shell,
    rules: rules.map((rule) => rowOf(rule, known)),
    bySeverity: SEVERITIES.map((severity) => ({
      severity,
      people: reachedIn(namedByRules(rules, { severity, componentIds: [], businessUnits: [] }), known),
    })),
    open: await openNow(db),
    adding: shell.may.administer ? { form: adding, choices: await choicesOf(db) } : null,
  }
}

/** One rule with what stands in its form; null where there is no such rule any more. */
export async function briefingRuleScreen(
  call: Call,
  key: string,
  form: Form | null = null,
): Promise<BriefingRuleScreen | null> {
  const { db } = call.acting
  const rules = await rulesOfBriefing(db)
  const rule = rules.find((each) => keyOfRule(each) === key)
  if (!rule) return null
  return {
    shell: await shellOf(call),
    rule: rowOf(rule, await knownOf(db, [rule])),
    form: form ?? emptyForm(fieldsOfRule(rule)),
    choices: await choicesOf(db, rule),
  }
}

async function knownOf(db: Reader, rules: readonly BriefingRule[]): Promise<Known> {
  const ids = [...new Set(rules.flatMap((rule) => rule.to))]
  return {
    people: new Map((await activeById(db, ids)).map((person) => [person.id, person])),
    names: await namesOfPeople(db, ids),
    components: await componentsNamedBy(db, rules),
    units: (await allGroups(db)).map(({ name }) => name),
  }
}

async function componentsNamedBy(db: Reader, rules: readonly BriefingRule[]): Promise<Known['components']> {
  const ids = [...new Set(rules.flatMap((rule) => rule.components))]
  const found = await Promise.all(ids.map((id) => componentById(db, id)))
  return new Map(found.flatMap((component) => (component ? [[component.id, component] as const] : [])))
}

function rowOf(rule: BriefingRule, known: Known): BriefingRuleRow {
  const { to, severities, components, businessUnit, channels } = rule
  return {
    key: keyOfRule(rule),
    severities: [...severities],
    components: components.flatMap((id) => {
      const component = known.components.get(id)
      return component ? [{ name: component.name, archived: component.archivedAt !== null }] : []
    }),
    businessUnit,
    people: reachedIn(new Map(to.map((id) => [id, channels])), known),
    left: to.filter((id) => !known.people.has(id)).map((id) => known.names.get(id) ?? id),
    unitGone: businessUnit !== null && !known.units.some((unit) => sameName(unit, businessUnit)),
  }
}

const reachedIn = (named: ReadonlyMap<string, readonly BriefingChannel[]>, { people }: Known): ReachedPerson[] =>
  [...named]
    .flatMap(([id, channels]) => {
      const person = people.get(id)
      return person ? [{ name: person.name, channels: channelsTo(person, channels) }] : []
    })
    .toSorted(byName)

const byName = (one: ReachedPerson, other: ReachedPerson): number => one.name.localeCompare(other.name, 'en')

async function openNow(db: Reader): Promise<BriefingRulesScreen['open']> {
  const open = (await openIncidents(db)).filter(({ kind }) => kind === 'incident')
  return Promise.all(
    open.map(async (incident) => {
      const { id, title, severity } = incident
      const people = (await reachOfBriefing(db, incident)).map(({ name, channels }) => ({ name, channels }))
      return { id, title, severity, people: people.toSorted(byName) }
    }),
  )
}

/** What is gone of a rule can be kept, so that saving changes nothing that nobody touched. */
async function choicesOf(db: Reader, rule: BriefingRule | null = null): Promise<RuleChoices> {
  const units = (await allGroups(db)).map(({ name }) => name)
  const unit = rule?.businessUnit ?? null
  const named = rule ? [...(await componentsNamedBy(db, [rule])).values()] : []
  const archived = named.filter(({ archivedAt }) => archivedAt !== null)
  const kept = archived.map(({ id, name, shownStatus }) => ({ id, name, status: shownStatus }))
  return {
    people: (await whoDecides(db)).map(({ id, name, role }) => ({ id, name, executive: role === 'executive' })),
    groups: [...(kept.length > 0 ? [{ name: null, components: kept }] : []), ...(await componentChoices(db))],
    units: unit !== null && !units.includes(unit) ? [...units, unit] : units,
  }
}

/** A rule as its form has it. */
const fieldsOfRule = ({ to, severities, components, businessUnit, channels }: BriefingRule): Form['values'] => ({
  to: to.join(','),
  severities: severities.join(','),
  business_unit: businessUnit ?? '',
  channels: channels.join(','),
  ...Object.fromEntries(components.map((id) => [`component:${id}`, 'on'])),
})
