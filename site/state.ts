import { type ComponentStatus, worstStatus } from '../api/domain/component.ts'
import type { IncidentView, OverallState } from '../api/domain/pages.ts'
import { SEVERITY } from '../api/domain/severity.ts'
import { t } from './words.ts'

/** The short name of a component state: class of its colour and id of its shape. */
export type StateMark = 'ok' | 'mnt' | 'deg' | 'part' | 'maj'

export const STATE_MARK: Record<ComponentStatus, StateMark> = {
  operational: 'ok',
  under_maintenance: 'mnt',
  degraded_performance: 'deg',
  partial_outage: 'part',
  major_outage: 'maj',
}

/** What is said of an incident as a whole: shape and colour, and the word beside them. */
export interface StateLine {
  mark: StateMark
  word: string
}

/** An open incident is as bad as what it holds; a resolved one is green and says so; a false alarm says that. */
export function incidentState(incident: IncidentView): StateLine {
  if (incident.retracted) return { mark: 'ok', word: t('status_retracted') }
  if (incident.mergedInto) return { mark: 'ok', word: t('status_merged') }
  if (incident.status === 'resolved') return { mark: 'ok', word: t('status_resolved') }
  const held = incident.affected.map((component) => component.status)
  const status = held.length > 0 ? worstStatus(held) : SEVERITY[incident.severity].componentStatus
  return { mark: STATE_MARK[status], word: t(`state_${status}`) }
}

/** The state of everything: shape, colour and word. */
export const overallState = (state: OverallState): StateLine => ({ mark: STATE_MARK[state], word: t(`state_${state}`) })

/** The colour of the rule on top: announced maintenance leaves it green. */
export const ruleOf = (mark: StateMark): StateMark => (mark === 'mnt' ? 'ok' : mark)
