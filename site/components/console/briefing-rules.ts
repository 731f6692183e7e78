import type { BriefingRuleRow } from '../../../api/domain/briefing-rules-screen.ts'
import words from '../../messages/console.json' with { type: 'json' }

const { briefing_rules: say } = words

/** What a rule is about: "SEV1, SEV2 · Login · all of Storage", or everything. */
export const ruleText = ({ severities, components, businessUnit }: BriefingRuleRow): string =>
  [
    severities.join(', '),
    components.map(({ name, archived }) => (archived ? say.archived.replace('{name}', name) : name)).join(', '),
    businessUnit && say.unit.replace('{unit}', businessUnit),
  ]
    .filter(Boolean)
    .join(' · ') || say.everything
