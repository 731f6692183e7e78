/** What a component is shown as, best first; the order is the order of badness (standards C12). */
export const COMPONENT_STATUSES = [
  'operational',
  'under_maintenance',
  'degraded_performance',
  'partial_outage',
  'major_outage',
] as const
export type ComponentStatus = (typeof COMPONENT_STATUSES)[number]

/** How bad a status is; a greater number is worse. */
export const badness = (status: ComponentStatus): number => COMPONENT_STATUSES.indexOf(status)

/** The worst of the statuses given; operational when there are none. */
export const worstStatus = (statuses: readonly ComponentStatus[]): ComponentStatus =>
  statuses.reduce<ComponentStatus>((worst, each) => (badness(each) > badness(worst) ? each : worst), 'operational')

/**
 * The status outsiders see. Each open incident (and running maintenance) holds a status of the component; the worst of
 * those is shown. A status set by hand applies only while nothing holds the component (contract section 4, Components).
 */
export const shownStatus = (manual: ComponentStatus, held: readonly ComponentStatus[]): ComponentStatus =>
  held.length > 0 ? worstStatus(held) : manual
