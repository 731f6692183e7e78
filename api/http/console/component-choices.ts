import type { Reader } from '../../../db/queries/cadence.ts'
import { allComponents, allGroups } from '../../../db/queries/components.ts'
import type { ChoiceGroup } from '../../domain/screen-parts.ts'

/** Every component one may name in a form, except those given; outside any group first, empty groups left out. */
export async function componentChoices(reader: Reader, exceptIds: readonly string[] = []): Promise<ChoiceGroup[]> {
  const groups = await allGroups(reader)
  const known = new Set(groups.map((group) => group.id))
  const rows = (await allComponents(reader)).filter((component) => !exceptIds.includes(component.id))
  const choicesIn = (groupId: string | null) =>
    rows
      .filter((row) => (row.groupId !== null && known.has(row.groupId) ? row.groupId : null) === groupId)
      .map(({ id, name, shownStatus }) => ({ id, name, status: shownStatus }))
  const all = [{ id: null, name: null }, ...groups].map(({ id, name }) => ({ name, components: choicesIn(id) }))
  return all.filter((group) => group.components.length > 0)
}
