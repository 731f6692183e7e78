import type { BriefingRuleRow } from '../../../api/domain/briefing-rules-screen.ts'
import words from '../../messages/console.json' with { type: 'json' }

/** What a rule is about: "SEV1, SEV2 · Login · all of Storage", or everything. */
export const ruleText = ({ severities, components, businessUnit }: BriefingRuleRow): string =>
  [
    severities.join(', '),
    components.join(', '),
    businessUnit && words.briefing_rules.unit.replace('{unit}', businessUnit),
  ]
    .filter(Boolean)
    .join(' · ') || words.briefing_rules.everything
