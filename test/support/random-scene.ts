import { isNull } from 'drizzle-orm'
import type { Acting } from '../../api/actions/acting.ts'
import { COMPONENT_STATUSES } from '../../api/domain/component.ts'
import { HOUR, plus } from '../../api/domain/duration.ts'
import { componentGroups, components, incidents, maintenances, updates } from '../../db/schema.ts'
import type { MovableClock } from './movable-clock.ts'
import type { Chance } from './seeded.ts'

/** Where something is done at random: everything that an action could be asked about, as it is now. */
export interface Scene {
  acting: Acting
  clock: MovableClock
  chance: Chance
  now: Date
  parts: string[]
  groups: string[]
  incidents: string[]
  maintenances: string[]
  updates: { id: string; incidentId: string }[]
}

export const STATUSES = ['investigating', 'identified', 'monitoring', 'resolved'] as const

export const chanceOf = ({ chance }: Scene, percent: number): boolean => chance.between(1, 100) <= percent
export const word = ({ chance }: Scene): string =>
  chance.oneOf(['Login', 'Ärger & <b>', 'الدخول', 'Mail', 'Uploads *slow*'])
export const words = (scene: Scene): string => `${word(scene)} fails, ${scene.chance.between(0, 1_000_000)} times.`
export const some = ({ chance }: Scene, ids: readonly string[]): string[] =>
  ids.filter(() => chance.between(1, 3) === 1)
export const held = (scene: Scene) =>
  some(scene, scene.parts).map((id) => ({ id, status: scene.chance.oneOf(COMPONENT_STATUSES) }))
export const maybe = <T extends object>(scene: Scene, value: T): T | Record<string, never> =>
  chanceOf(scene, 40) ? value : {}
/** A time up to so many days ahead of now, or back. */
export const around = ({ chance, now }: Scene, days: readonly [number, number]): string =>
  plus(now, chance.between(days[0] * 24, days[1] * 24) * HOUR).toISOString()
export const title = (scene: Scene) => `${word(scene)} ${scene.chance.between(1, 99)}`

const NOTHING = { id: 'none00000000', incidentId: 'none00000000' }

/** Ids in the order in which they came, so that a seed finds the same ones; where there is none, one that is refused. */
export async function standing(db: Acting['db']) {
  const parts = await db.select().from(components).where(isNull(components.archivedAt)).orderBy(components.createdAt)
  const groups = await db.select().from(componentGroups).orderBy(componentGroups.createdAt)
  const ids = (rows: readonly { id: string }[]) => (rows.length > 0 ? rows.map(({ id }) => id) : [NOTHING.id])
  const said = await db.select().from(updates).orderBy(updates.createdAt)
  return {
    parts: ids(parts),
    groups: ids(groups),
    incidents: ids(await db.select().from(incidents).orderBy(incidents.createdAt)),
    maintenances: ids(await db.select().from(maintenances).orderBy(maintenances.createdAt)),
    updates: said.length > 0 ? said : [NOTHING],
  }
}
