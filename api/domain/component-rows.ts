import type { ComponentGroup, ComponentRow } from './pages.ts'
import { type ComponentSeen, componentsIn, groupStatus, type Snapshot } from './snapshot.ts'

/** Whether a visitor sees the component: some are shown only while they are not operational. */
const isShown = (component: ComponentSeen): boolean =>
  !component.onlyShowIfDegraded || component.status !== 'operational'

const rowOf = ({ id, name, description, status }: ComponentSeen): ComponentRow => ({ id, name, description, status })

/** Groups with the components chosen by `chosen`, those outside any group last; empty groups are left out. */
function groupsOf(snapshot: Snapshot, chosen: (component: ComponentSeen) => boolean): ComponentGroup[] {
  const groups = [...snapshot.groups, { id: null, name: null }]
  return groups
    .map(({ id, name }) => ({
      id,
      name,
      status: groupStatus(snapshot, id),
      components: componentsIn(snapshot, id).filter(chosen).map(rowOf),
    }))
    .filter((group) => group.components.length > 0)
}

/** Groups and components as a visitor sees them. */
export const shownGroups = (snapshot: Snapshot): ComponentGroup[] => groupsOf(snapshot, isShown)

/** Every group and component: one can subscribe to those that are hidden while they work, too. */
export const allGroups = (snapshot: Snapshot): ComponentGroup[] => groupsOf(snapshot, () => true)

/** What still works while something does not: names of sound groups, and of sound components outside groups. */
export function workingNames(snapshot: Snapshot): string[] {
  const groups = shownGroups(snapshot)
  if (snapshot.open.length === 0 && groups.every((group) => group.status === 'operational')) return []
  return groups.flatMap(({ name, status, components }) => {
    if (name !== null) return status === 'operational' ? [name] : []
    return components.filter((component) => component.status === 'operational').map((component) => component.name)
  })
}
