import { type CadencePolicy, longestSilence } from '../../domain/cadence.ts'
import { durationOf, millisecondsOf } from '../../domain/duration.ts'
import { INCIDENT_STATUSES, type IncidentStatus } from '../../domain/lifecycle.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { SEVERITIES, type Severity } from '../../domain/severity.ts'
import { changedComponents, componentsIn } from './affected-fields.ts'
import { typed } from './forms.ts'

type Fields = Record<string, string>

/** How an incident stands while somebody writes about it. */
export interface Present {
  status: IncidentStatus
  severity: Severity
  held: readonly { id: string; status: string }[]
}

/** What the composer promises unless its author chooses otherwise: the longest that the cadence allows; '' for none. */
export function usualPromise(policy: CadencePolicy, severity: Severity, status: IncidentStatus): string {
  const limit = longestSilence(policy, severity, status)
  return limit === null ? '' : durationOf(limit)
}

/**
 * The composer's fields as the action takes them. A form sends every field, changed or not; only what differs from how
 * things stand is a change. "No material change" sends the template's words: what stands in the text stays a draft.
 */
export function updateInput(fields: Fields, present: Present, policy: CadencePolicy) {
  const status = typed(fields, 'status')
  const severity = fields.severity === present.severity ? undefined : typed(fields, 'severity')
  const components = changedComponents(componentsIn(fields), present.held)
  const said = {
    status,
    severity,
    severity_reason: severity && typed(fields, 'severity_reason'),
    components: components.length > 0 ? components : undefined,
    next_update_in: promiseIn(fields, present, policy),
    notify: fields.page_only === 'on' ? false : undefined,
  }
  return isNoChange(fields) ? { ...said, no_change: true } : { ...said, body: typed(fields, 'body') }
}

/** Whether the button "No material change" was pressed. */
export const isNoChange = (fields: Fields): boolean => fields.no_change === 'true'

/** The version that the author saw; null where the form does not say. */
export const versionIn = (fields: Fields): number | null =>
  /^\d{1,9}$/.test(fields.version ?? '') ? Number(fields.version) : null

/**
 * The promise asked for. A resolution promises nothing; and a raised severity tightens a promise that was left as the
 * form offered it, instead of refusing it as too long.
 */
function promiseIn(fields: Fields, present: Present, policy: CadencePolicy): string | undefined {
  const asked = typed(fields, 'next_update_in')
  const status = INCIDENT_STATUSES.find((each) => each === fields.status) ?? present.status
  const severity = SEVERITIES.find((each) => each === fields.severity) ?? present.severity
  if (asked === undefined || status === 'resolved') return undefined
  const limit = longestSilence(policy, severity, status)
  const untouched = asked === usualPromise(policy, present.severity, present.status)
  return untouched && limit !== null && millisecondsOf(asked)! > limit ? undefined : asked
}

/** Says to somebody at a form what the API says to programs. */
export const inWordsOfForm = (error: FieldError): FieldError =>
  error.field === 'no_change'
    ? { ...error, message: 'This changes something: say what in your own words, or set it back first.' }
    : error
