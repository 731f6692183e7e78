import { z } from 'zod'
import type { Reader } from '../../../db/queries/cadence.ts'
import {
  announcementsOfMaintenances,
  componentsOfMaintenances,
  type Maintenance,
  type MaintenanceUpdate,
  updatesOfMaintenances,
} from '../../../db/queries/maintenances.ts'
import { MAINTENANCE_STATUSES, MAINTENANCE_STEPS } from '../../domain/maintenance.ts'
import { renderHtml } from '../../domain/markdown.ts'

const id = z.string()
const time = z.iso.datetime()

export const maintenanceUpdateAnswer = z.strictObject({
  id,
  maintenance_id: id,
  seq: z.int(),
  step: z.enum(MAINTENANCE_STEPS),
  status: z.enum(MAINTENANCE_STATUSES),
  body: z.string(),
  body_html: z.string(),
  notify: z.boolean(),
  reminder: z.string().nullable(),
  scheduled_for: time,
  scheduled_until: time,
  author_id: id.nullable(),
  published_at: time,
  announcement_id: id.nullable(),
})

export const maintenanceAnswer = z.strictObject({
  id,
  title: z.string(),
  body: z.string(),
  status: z.enum(MAINTENANCE_STATUSES),
  components: z.array(id),
  scheduled_for: time,
  scheduled_until: time,
  started_at: time.nullable(),
  ended_at: time.nullable(),
  rrule: z.string().nullable(),
  series_id: id.nullable(),
  time_zone: z.string(),
  reminders: z.array(z.string()),
  auto_start: z.boolean(),
  auto_complete: z.boolean(),
  notify: z.boolean(),
  sequence: z.int(),
  url: z.string(),
  short_url: z.string(),
  created_at: time,
  updated_at: time,
  updates: z.array(maintenanceUpdateAnswer),
})

/** A step that was told, as the API answers it. */
export const maintenanceUpdateJson = (
  update: MaintenanceUpdate,
  announcementId: string | null,
): z.infer<typeof maintenanceUpdateAnswer> => ({
  id: update.id,
  maintenance_id: update.maintenanceId,
  seq: update.seq,
  step: update.step,
  status: update.status,
  body: update.body,
  body_html: renderHtml(update.body),
  notify: update.notify,
  reminder: update.reminder,
  scheduled_for: update.scheduledFor.toISOString(),
  scheduled_until: update.scheduledUntil.toISOString(),
  author_id: update.authorId,
  published_at: update.publishedAt.toISOString(),
  announcement_id: announcementId,
})

interface Belongings {
  components: readonly { id: string }[]
  updates: readonly MaintenanceUpdate[]
  announcements: ReadonlyMap<string, string>
}

const maintenanceJson = (
  row: Maintenance,
  { components, updates, announcements }: Belongings,
  siteUrl: string,
): z.infer<typeof maintenanceAnswer> => ({
  id: row.id,
  title: row.title,
  body: row.body,
  status: row.status,
  components: components.map((component) => component.id),
  scheduled_for: row.scheduledFor.toISOString(),
  scheduled_until: row.scheduledUntil.toISOString(),
  started_at: row.startedAt?.toISOString() ?? null,
  ended_at: row.endedAt?.toISOString() ?? null,
  rrule: row.rrule,
  series_id: row.seriesId,
  time_zone: row.timeZone,
  reminders: row.reminders,
  auto_start: row.autoStart,
  auto_complete: row.autoComplete,
  notify: row.notify,
  sequence: row.sequence,
  url: `${siteUrl}/maintenance/${row.id}`,
  short_url: `${siteUrl}/m/${row.id}`,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
  updates: updates.map((update) => maintenanceUpdateJson(update, announcements.get(update.id) ?? null)),
})

/** Maintenances with all that belongs to them, in the order given; three queries, however many they are. */
export async function wholeMaintenances(reader: Reader, rows: readonly Maintenance[], siteUrl: string) {
  const ids = rows.map((row) => row.id)
  const components = await componentsOfMaintenances(reader, ids)
  const updates = Map.groupBy(await updatesOfMaintenances(reader, ids), (update) => update.maintenanceId)
  const announcements = await announcementsOfMaintenances(reader, ids)
  return rows.map((row) => {
    const belongings = { components: components.get(row.id) ?? [], updates: updates.get(row.id) ?? [], announcements }
    return maintenanceJson(row, belongings, siteUrl)
  })
}

/** One maintenance with all that belongs to it. */
export const wholeMaintenance = async (reader: Reader, row: Maintenance, siteUrl: string) =>
  (await wholeMaintenances(reader, [row], siteUrl))[0]!
