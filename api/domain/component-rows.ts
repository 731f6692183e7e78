import type { ChoiceGroup, ComponentGroup, ComponentRow } from './pages.ts'
import { type ComponentSeen, componentsIn, groupStatus, type Snapshot } from './snapshot.ts'
import { barsOf, groupBars } from './uptime.ts'

/** Whether a visitor sees the component: some are shown only while they are not operational. */
const isShown = (component: ComponentSeen): boolean =>
  !component.onlyShowIfDegraded || component.status !== 'operational'

/** A component with its ninety days as of an instant. */
export const rowOf = (component: ComponentSeen, asOf: Date): ComponentRow => ({
  id: component.id,
  name: component.name,
  description: component.description,
  status: component.status,
  bars: barsOf(component, asOf),
})

/** Groups with their components, those outside any group last; groups in which `chosen` finds none are left out. */
function groupsOf(snapshot: Snapshot, chosen: (component: ComponentSeen) => boolean) {
  return [...snapshot.groups, { id: null, name: null }]
    .map(({ id, name }) => ({ id, name, components: componentsIn(snapshot, id).filter(chosen) }))
    .filter((group) => group.components.length > 0)
}

/** Groups and components as a visitor sees them, with their ninety days as of the last change. */
export const shownGroups = (snapshot: Snapshot): ComponentGroup[] =>
  groupsOf(snapshot, isShown).map(({ id, name, components }) => {
    const rows = components.map((component) => rowOf(component, snapshot.last.at))
    return {
      id,
      name,
      status: groupStatus(snapshot, id),
      bars: groupBars(rows.map(({ bars }) => bars)),
      components: rows,
    }
  })

/** Every group and component: one can subscribe to those that are hidden while they work, too. */
export const choiceGroups = (snapshot: Snapshot): ChoiceGroup[] =>
  groupsOf(snapshot, () => true).map(({ id, name, components }) => ({
    id,
    name,
    components: components.map((component) => ({ id: component.id, name: component.name })),
  }))

/**
 * What still works while something does not: names of sound groups, and of sound components outside groups. What is
 * under maintenance is not among them.
 */
export function workingNames(snapshot: Snapshot): string[] {
  const groups = groupsOf(snapshot, isShown).map((group) => ({ ...group, status: groupStatus(snapshot, group.id) }))
  if (snapshot.open.length === 0 && groups.every((group) => group.status === 'operational')) return []
  return groups.flatMap(({ name, status, components }) => {
    if (name !== null) return status === 'operational' ? [name] : []
    return components.filter((component) => component.status === 'operational').map((component) => component.name)
  })
}
