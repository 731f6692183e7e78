import { and, inArray, isNull } from 'drizzle-orm'
import { z } from 'zod'
import { audiencesOf } from '../../db/queries/eyes.ts'
import { componentGroups, components } from '../../db/schema.ts'
import { EVENTS } from '../domain/audience.ts'
import { type Eyes, isHidden } from '../domain/eyes.ts'
import { LANGUAGES } from '../domain/pages.ts'
import { refuseField } from '../domain/refusal.ts'
import { SEVERITIES } from '../domain/severity.ts'
import type { Store } from './acting.ts'
import { idSchema, zone } from './fields.ts'

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'Use a time of day, such as 22:00.' })

/** Hours in which nothing is sent, in the reader's zone; they may pass midnight. */
export const quietHours = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    error: 'Quiet hours need an end that is not their beginning.',
  })
  .nullable()

/** What a reader can choose to hear (contract section 4, Subscriptions); left out, it is everything. */
export const preferenceFields = z.strictObject({
  components: z.array(idSchema).max(200).default([]),
  component_groups: z.array(idSchema).max(100).default([]),
  min_severity: z.enum(SEVERITIES).default('SEV4'),
  events: z.enum(EVENTS).default('all'),
  maintenance: z.boolean().default(true),
  locale: z.enum(LANGUAGES).default('en'),
  time_zone: zone.default('Etc/UTC'),
  quiet_hours: quietHours.default(null),
})
export type Preferences = z.infer<typeof preferenceFields>

/** The same as columns of a sign-up or a subscriber. */
export const preferenceColumns = (chosen: Preferences) => ({
  componentIds: chosen.components,
  groupIds: chosen.component_groups,
  minSeverity: chosen.min_severity,
  events: chosen.events,
  maintenance: chosen.maintenance,
  locale: chosen.locale,
  timeZone: chosen.time_zone,
  quietFrom: chosen.quiet_hours?.from ?? null,
  quietTo: chosen.quiet_hours?.to ?? null,
})

/** Refuses components and groups that are not there to be chosen by somebody with these eyes. */
export async function requireChoices(
  store: Store,
  chosen: Pick<Preferences, 'components' | 'component_groups'>,
  eyes: Eyes,
): Promise<void> {
  const kept = await audiencesOf(store, chosen.components)
  await requireKnown('components', chosen.components, async (ids) => {
    const known = await store
      .select({ id: components.id })
      .from(components)
      .where(and(inArray(components.id, ids), isNull(components.archivedAt)))
    return known.filter(({ id }) => !isHidden(kept, eyes, id))
  })
  await requireKnown('component_groups', chosen.component_groups, (ids) =>
    store
      .select({ id: componentGroups.id })
      .from(componentGroups)
      .where(and(inArray(componentGroups.id, ids), isNull(componentGroups.archivedAt))),
  )
}

async function requireKnown(
  field: string,
  ids: string[],
  find: (ids: string[]) => PromiseLike<{ id: string }[]>,
): Promise<void> {
  if (ids.length === 0) return
  const known = new Set((await find(ids)).map((row) => row.id))
  const unknown = ids.findIndex((id) => !known.has(id))
  if (unknown >= 0) throw refuseField(`${field}.${unknown}`, 'unknown', `There is no ${ids[unknown]} to choose.`)
}
