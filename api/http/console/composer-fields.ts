import type { Update } from '../../../db/queries/incidents.ts'
import { ownHeadline } from '../../delivery/wording-warnings.ts'
import { type CadencePolicy, longestSilence } from '../../domain/cadence.ts'
import { durationOf, millisecondsOf } from '../../domain/duration.ts'
import { INCIDENT_STATUSES, type IncidentStatus } from '../../domain/lifecycle.ts'
import { extendedLimits } from '../../domain/promise-options.ts'
import type { FieldError } from '../../domain/refusal.ts'
import { SEVERITIES, type Severity } from '../../domain/severity.ts'
import { changedComponents, componentsIn } from './affected-fields.ts'
import { typed } from './forms.ts'

type Fields = Record<string, string>

/** How an incident stands while somebody writes about it. */
export interface Present {
  status: IncidentStatus
  severity: Severity
  /** How long ago it was declared, in milliseconds. */
  age: number
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
  const promise = promiseIn(fields, present, policy)
  const said = {
    status,
    severity,
    severity_reason: severity && typed(fields, 'severity_reason'),
    components: components.length > 0 ? components : undefined,
    next_update_in: promise,
    // A form sends its reason along; it is one only for a promise that needs it.
    extension_reason: isBeyond(promise, chosenIn(fields, present), policy)
      ? typed(fields, 'extension_reason')
      : undefined,
    notify: fields.page_only === 'on' ? false : undefined,
    hold: policy[chosenIn(fields, present).severity].hold,
  }
  return isNoChange(fields)
    ? { ...said, no_change: true }
    : { ...said, body: typed(fields, 'body'), headline: typed(fields, 'headline') }
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
  const chosen = chosenIn(fields, present)
  if (asked === undefined || chosen.status === 'resolved') return undefined
  const untouched = asked === usualPromise(policy, present.severity, present.status)
  return untouched && isBeyond(asked, chosen, policy) ? undefined : asked
}

/** Status and severity as the form would have them. */
const chosenIn = (fields: Fields, present: Present): Pick<Present, 'status' | 'severity'> => ({
  status: INCIDENT_STATUSES.find((each) => each === fields.status) ?? present.status,
  severity: SEVERITIES.find((each) => each === fields.severity) ?? present.severity,
})

/** Whether a promise lies beyond what the cadence allows by itself. */
function isBeyond(
  asked: string | undefined,
  { status, severity }: Pick<Present, 'status' | 'severity'>,
  policy: CadencePolicy,
): boolean {
  const [wanted, limit] = [millisecondsOf(asked ?? ''), longestSilence(policy, severity, status)]
  return wanted !== null && limit !== null && wanted > limit
}

/** Whether all that a promise beyond the cadence wants is its reason. */
export function wantsReason(fields: Fields, present: Present, policy: CadencePolicy): boolean {
  const { status, severity } = chosenIn(fields, present)
  const extended = extendedLimits(policy, present.age)[severity]
  const furthest = status === 'monitoring' ? extended?.monitoring : extended?.open
  const wanted = millisecondsOf(fields.next_update_in ?? '')
  return !typed(fields, 'extension_reason') && wanted !== null && wanted <= (furthest ?? 0) * 1000
}

/** What the author of a recalled update had typed, so that they may mend it; null where it was the template's words. */
export function typedAgain(recalled: Update): Fields | null {
  const { severity_reason: reason, components, promise, extension_reason: extension } = recalled.heldPost!
  if (recalled.noChange) return null
  // Under a status of the composer the words of a retraction would say something else; they are kept all the same.
  if (recalled.retractionReason !== null) return { body: recalled.body }
  return {
    status: recalled.status,
    severity: recalled.severity,
    body: recalled.body,
    ...(ownHeadline(recalled) !== null && { headline: recalled.headline }),
    ...(reason && { severity_reason: reason }),
    ...(promise && 'in' in promise && { next_update_in: durationOf(promise.in) }),
    ...(extension && { extension_reason: extension }),
    ...(!recalled.notify && { page_only: 'on' }),
    ...Object.fromEntries(components.map(({ id, status }) => [`component:${id}`, status ?? ''])),
  }
}

/** Says to somebody at a form what the API says to programs; `wantsReason` as above. */
export function inWordsOfForm(error: FieldError, wantsReason: boolean): FieldError {
  if (error.field === 'no_change')
    return { ...error, message: 'This changes something: say what in your own words, or set it back first.' }
  return wantsReason && error.code === 'cadence_exceeded'
    ? { field: 'extension_reason', code: 'required', message: 'Say why it takes longer; it goes on the timeline.' }
    : error
}
