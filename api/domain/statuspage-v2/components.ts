import { type ComponentSeen, componentsIn, type GroupSeen, groupStatus, type Snapshot } from '../snapshot.ts'

/** Every component and group in one flat list: each group before its components, those outside groups last. */
export const componentObjects = (snapshot: Snapshot) => [
  ...snapshot.groups.flatMap((group) => [
    groupObject(snapshot, group),
    ...componentsIn(snapshot, group.id).map((component) => componentObject(snapshot, component)),
  ]),
  ...componentsIn(snapshot, null).map((component) => componentObject(snapshot, component)),
]

/** The components with these ids, in the order of the page. */
export const componentsNamed = (snapshot: Snapshot, ids: readonly string[]) =>
  snapshot.components.filter(({ id }) => ids.includes(id)).map((component) => componentObject(snapshot, component))

const componentObject = ({ organisation }: Snapshot, component: ComponentSeen) => ({
  id: component.id,
  name: component.name,
  status: component.status,
  created_at: component.createdAt.toISOString(),
  updated_at: component.updatedAt.toISOString(),
  position: component.position,
  description: component.description,
  showcase: true,
  start_date: component.startDate,
  group_id: component.groupId,
  page_id: organisation.pageId,
  group: false,
  only_show_if_degraded: component.onlyShowIfDegraded,
})

const groupObject = (snapshot: Snapshot, group: GroupSeen) => ({
  id: group.id,
  name: group.name,
  status: groupStatus(snapshot, group.id),
  created_at: group.createdAt.toISOString(),
  updated_at: group.updatedAt.toISOString(),
  position: group.position,
  description: group.description,
  showcase: false,
  start_date: null,
  group_id: null,
  page_id: snapshot.organisation.pageId,
  group: true,
  only_show_if_degraded: false,
  components: componentsIn(snapshot, group.id).map((component) => component.id),
})

/** A component's name as updates tell it: "Group - Component". */
export function fullName({ components, groups }: Snapshot, id: string, name: string): string {
  const groupId = components.find((component) => component.id === id)?.groupId
  const group = groups.find((each) => each.id === groupId)
  return group ? `${group.name} - ${name}` : name
}
