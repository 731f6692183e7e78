import type { BriefingChannel } from './briefing.ts'
import type { ChoiceGroup, Form, Shell } from './screen-parts.ts'
import type { Severity } from './severity.ts'

/** Who is briefed on what, as its screens are handed it. Conventions as in `screens.ts`. */

/** Somebody with how they are reached at present. */
export interface ReachedPerson {
  name: string
  channels: BriefingChannel[]
}

/** One rule in the words of the page. */
export interface BriefingRuleRow {
  /** Names the rule as it stands; another one once it is changed. */
  key: string
  severities: Severity[]
  /** An archived one is in no incident any more. */
  components: { name: string; archived: boolean }[]
  businessUnit: string | null
  /** Whom it reaches now. */
  people: ReachedPerson[]
  /** Names of those it names who have left. */
  left: string[]
  /** It asks for a unit that no group of components is called by, so that it matches nothing. */
  unitGone: boolean
}

/** What can be chosen in a rule. */
export interface RuleChoices {
  /** Executives first. */
  people: { id: string; name: string; executive: boolean }[]
  groups: ChoiceGroup[]
  units: string[]
}

export interface BriefingRulesScreen {
  shell: Shell
  rules: BriefingRuleRow[]
  /** Whom an incident of each severity reaches, whatever it concerns. */
  bySeverity: { severity: Severity; people: ReachedPerson[] }[]
  /** Whom the next briefing about each open incident reaches. */
  open: { id: string; title: string; severity: Severity; people: ReachedPerson[] }[]
  /** Null for those who may not change them: to, severities, `component:<id>`, business_unit, channels. */
  adding: { form: Form; choices: RuleChoices } | null
}

export interface BriefingRuleScreen {
  shell: Shell
  rule: BriefingRuleRow
  form: Form
  choices: RuleChoices
}
