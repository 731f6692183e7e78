import { listAudiences } from '../../../db/queries/audiences.ts'
import { allComponents, allGroups } from '../../../db/queries/components.ts'
import { openHolds } from '../../../db/queries/holding.ts'
import type { ComponentRecord, ComponentsScreen } from '../../domain/screens.ts'
import type { Call } from '../route.ts'
import { emptyForm } from './forms.ts'
import { shellOf } from './shell.ts'

/** The forms of the screen that were refused. */
export type RefusedForms = Partial<Pick<ComponentsScreen, 'adding' | 'grouping' | 'editing'>>

/** Every component with what it shows and why, by group; those outside any group first. */
export async function componentsScreen(call: Call, refused: RefusedForms = {}): Promise<ComponentsScreen> {
  const { db } = call.acting
  const groups = await allGroups(db)
  const records = await componentRecords(call)
  const known = new Set(groups.map((group) => group.id))
  const within = (id: string | null) =>
    records.filter(({ groupId }) => (groupId !== null && known.has(groupId) ? groupId : null) === id)
  return {
    shell: await shellOf(call),
    groups: [{ id: null, name: null }, ...groups].map(({ id, name }) => ({ id, name, components: within(id) })),
    audiences: (await listAudiences(db)).map(({ id, name }) => ({ id, name })),
    adding: emptyForm(),
    grouping: emptyForm(),
    editing: null,
    ...refused,
  }
}

async function componentRecords({ acting: { db } }: Call): Promise<ComponentRecord[]> {
  const holds = Map.groupBy(await openHolds(db), (hold) => hold.componentId)
  return (await allComponents(db)).map(({ id, name, description, groupId, status, shownStatus, audienceIds }) => ({
    id,
    name,
    description: description ?? '',
    groupId,
    status,
    shown: shownStatus,
    audienceIds,
    heldBy: (holds.get(id) ?? []).map((hold) => ({ id: hold.id, title: hold.title, status: hold.status })),
  }))
}
