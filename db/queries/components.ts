import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { ComponentStatus } from '../../api/domain/component.ts'
import { componentGroups, components } from '../schema.ts'
import type { Reader } from './cadence.ts'

/** The status those outside see who may see the component; of an archived component the one last set by hand. */
const shownStatus = sql<ComponentStatus>`coalesce(
  (select shown.status from component_states as shown where shown.id = components.id), components.status)`

/** Audiences that may see it; none: everybody. */
const audienceIds = sql<string[]>`array(
  select audience_id from component_audiences as kept where kept.component_id = components.id order by audience_id)`

const columns = {
  id: components.id,
  name: components.name,
  description: components.description,
  groupId: components.groupId,
  position: components.position,
  status: components.status,
  shownStatus,
  audienceIds,
  startDate: components.startDate,
  onlyShowIfDegraded: components.onlyShowIfDegraded,
  archivedAt: components.archivedAt,
  createdAt: components.createdAt,
  updatedAt: components.updatedAt,
}

/** Living components in page order. */
export const allComponents = (
  reader: Reader,
  page: { after?: { position: number; id: string } | undefined; limit: number } = { limit: 500 },
) =>
  reader
    .select(columns)
    .from(components)
    .where(
      and(
        isNull(components.archivedAt),
        page.after &&
          or(
            gt(components.position, page.after.position),
            and(eq(components.position, page.after.position), gt(components.id, page.after.id)),
          ),
      ),
    )
    .orderBy(asc(components.position), asc(components.id))
    .limit(page.limit)

export async function componentById(reader: Reader, id: string) {
  const [row] = await reader.select(columns).from(components).where(eq(components.id, id))
  return row ?? null
}

/** Living groups in page order. */
export const allGroups = (reader: Reader) =>
  reader
    .select()
    .from(componentGroups)
    .where(isNull(componentGroups.archivedAt))
    .orderBy(asc(componentGroups.position), asc(componentGroups.id))
    .limit(200)
