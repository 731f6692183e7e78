import type { Channel } from './attempt.ts'
import type { IncidentStatus } from './lifecycle.ts'
import { type Role, readsBriefings } from './role.ts'
import type { Severity } from './severity.ts'

/** What stands for "nobody knows yet" in a field of a briefing: a legal answer, which a blank is not. */
export const UNKNOWN = 'unknown' as const

/** How sure the commander is of the expected end. */
export const CONFIDENCES = ['low', 'medium', 'high', UNKNOWN] as const
export type Confidence = (typeof CONFIDENCES)[number]

/** What an executive may answer to the decision that a briefing asks for. */
export const DECISION_ANSWERS = ['approved', 'not_yet', 'comment'] as const
export type DecisionAnswer = (typeof DECISION_ANSWERS)[number]

/** How a receipt came about: the button, or the page's script after five seconds in sight. */
export const RECEIPT_WAYS = ['button', 'script'] as const
export type ReceiptWay = (typeof RECEIPT_WAYS)[number]

/** Channels that a briefing can go by. */
export const BRIEFING_CHANNELS = ['email', 'sms', 'webhook'] as const satisfies Channel[]
export type BriefingChannel = (typeof BRIEFING_CHANNELS)[number]

/** One thing that is being done, and by whom. */
export interface BriefingAction {
  what: string
  owner: string
}

/** The sentences of a briefing; everything else of it is its table. */
export interface BriefingSentences {
  headline: string
  situation: string
  customerImpact: string
  businessImpact: string
  supportLoad: string
}

/** What a briefing states, apart from the decision that it asks for. */
export interface Stated extends BriefingSentences {
  seq: number
  severity: Severity
  status: IncidentStatus
  customersAffected: number | null
  actions: BriefingAction[] | null
  eta: Date | null
  confidence: Confidence
}

/** The same in the contract's names, for the API and for webhooks. */
export const statementOf = (briefing: Stated) => ({
  seq: briefing.seq,
  severity: briefing.severity,
  status: briefing.status,
  headline: briefing.headline,
  situation: briefing.situation,
  customer_impact: briefing.customerImpact,
  customers_affected: briefing.customersAffected ?? UNKNOWN,
  business_impact: briefing.businessImpact,
  support_load: briefing.supportLoad,
  actions: briefing.actions ?? UNKNOWN,
  eta: briefing.eta?.toISOString() ?? UNKNOWN,
  confidence: briefing.confidence,
})

/** The sentences stay under so many words (standards C23). */
export const BRIEFING_WORDS = 150

/** Words of the sentences, as a reader counts them. */
export const wordsOfBriefing = (sentences: BriefingSentences): number =>
  [
    sentences.headline,
    sentences.situation,
    sentences.customerImpact,
    sentences.businessImpact,
    sentences.supportLoad,
  ].reduce((sum, text) => sum + wordsIn(text), 0)

const wordsIn = (text: string): number => text.split(/\s+/).filter(Boolean).length

/** Who is briefed on what, and by which channels. An empty list, or no unit, means every one. */
export interface BriefingRule {
  to: readonly string[]
  severities: readonly Severity[]
  components: readonly string[]
  /** The name of a group of components: the units of a business are groups on its page. */
  businessUnit: string | null
  channels: readonly BriefingChannel[]
}

/** What the rules look at. */
export interface BriefingMatter {
  severity: Severity
  componentIds: readonly string[]
  /** The names of their groups. */
  businessUnits: readonly string[]
}

/** Whom the rules name for this, each with the channels of all rules that name them. */
export function namedByRules(
  rules: readonly BriefingRule[],
  matter: BriefingMatter,
): Map<string, readonly BriefingChannel[]> {
  const named = new Map<string, readonly BriefingChannel[]>()
  for (const rule of rules.filter((each) => applies(each, matter)))
    for (const person of rule.to)
      named.set(
        person,
        BRIEFING_CHANNELS.filter((channel) => rule.channels.includes(channel) || named.get(person)?.includes(channel)),
      )
  return named
}

const applies = (rule: BriefingRule, { severity, componentIds, businessUnits }: BriefingMatter): boolean =>
  (rule.severities.length === 0 || rule.severities.includes(severity)) &&
  (rule.components.length === 0 || rule.components.some((id) => componentIds.includes(id))) &&
  (rule.businessUnit === null || businessUnits.some((unit) => sameName(unit, rule.businessUnit!)))

/** Whether a rule means the group of this name. */
export const sameName = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase()

/**
 * When somebody is reminded of an unanswered decision: at its time the executive, ten minutes later the deputy and the
 * commander. `reminders` is how many went out; null when none is left.
 */
export function reminderAt(dueAt: Date, reminders: number): Date | null {
  const wait = [0, 10 * 60_000][reminders]
  return wait === undefined ? null : new Date(dueAt.getTime() + wait)
}

/** Whom a briefing concerns, besides those who read all of them. */
export interface BriefedPeople {
  sentTo: readonly string[]
  commanderId: string | null
  deputyId: string | null
}

/** Whether somebody may read one briefing: by their role, or since it was sent to them or is about an incident they lead. */
export const mayReadBriefing = (
  { role, personId }: { role: Role | null; personId: string | null },
  { sentTo, commanderId, deputyId }: BriefedPeople,
): boolean =>
  role !== null &&
  (readsBriefings(role) || (personId !== null && [...sentTo, commanderId, deputyId].includes(personId)))
