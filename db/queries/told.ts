import { and, desc, eq, inArray, lt, lte } from 'drizzle-orm'
import type { Queryable } from '../client.ts'
import {
  alerts,
  announcements,
  confirmations,
  incidents,
  organisation,
  people,
  subscribers,
  updates,
} from '../schema.ts'
import { type Correction, correctionsOf } from './corrections.ts'
import { componentsHeldBy, type HeldComponent, type Incident, type Update } from './incidents.ts'

export type Announcement = typeof announcements.$inferSelect
export type Organisation = typeof organisation.$inferSelect
export type Subscriber = typeof subscribers.$inferSelect
export type Person = typeof people.$inferSelect

/** Who speaks; null before the setup. */
export async function organisationOf(db: Queryable): Promise<Organisation | null> {
  const [row] = await db.select().from(organisation)
  return row ?? null
}

export async function announcementById(db: Queryable, id: string): Promise<Announcement> {
  const [row] = await db.select().from(announcements).where(eq(announcements.id, id))
  return row!
}

/**
 * An update with what is told beside it: its incident, what that holds, and what was said before, newest first. All as
 * first published, with every correction: how it reads depends on when it is told.
 */
export interface ToldUpdate {
  update: Update
  incident: Incident
  held: HeldComponent[]
  earlier: Update[]
  /** By update, newest first. */
  corrections: ReadonlyMap<string, Correction[]>
}

export async function toldUpdate(db: Queryable, updateId: string): Promise<ToldUpdate> {
  const [row] = await db
    .select()
    .from(updates)
    .innerJoin(incidents, eq(incidents.id, updates.incidentId))
    .where(eq(updates.id, updateId))
  const { updates: update, incidents: incident } = row!
  const earlier = await publicWords(db, update.incidentId, lt(updates.seq, update.seq))
  const held = (await componentsHeldBy(db, [incident.id])).get(incident.id) ?? []
  return { update, incident, held, earlier, corrections: await correctionsOf(db, [incident.id]) }
}

/** What was said of an incident to outsiders, newest first, as far as the condition goes. */
export const publicWords = (
  db: Queryable,
  incidentId: string,
  condition = lte(updates.seq, 2 ** 30),
): Promise<Update[]> =>
  db
    .select()
    .from(updates)
    .where(
      and(
        eq(updates.incidentId, incidentId),
        eq(updates.state, 'published'),
        eq(updates.audience, 'public'),
        condition,
      ),
    )
    .orderBy(desc(updates.seq))

/** A rung that was reached, with its incident. */
export const toldAlert = async (db: Queryable, alertId: string) => (await toldAlerts(db, [alertId])).get(alertId)!

/** The same for several, by the ids of the alerts. */
export async function toldAlerts(db: Queryable, alertIds: string[]) {
  const rows = await db
    .select()
    .from(alerts)
    .innerJoin(incidents, eq(incidents.id, alerts.incidentId))
    .where(inArray(alerts.id, alertIds))
  return new Map(rows.map((row) => [row.alerts.id, { alert: row.alerts, incident: row.incidents }]))
}

export const subscribersById = (db: Queryable, ids: readonly string[]): Promise<Subscriber[]> =>
  db
    .select()
    .from(subscribers)
    .where(inArray(subscribers.id, [...ids]))

export async function personById(db: Queryable, id: string): Promise<Person> {
  const [row] = await db.select().from(people).where(eq(people.id, id))
  return row!
}

export async function confirmationById(db: Queryable, id: string) {
  const [row] = await db.select().from(confirmations).where(eq(confirmations.id, id))
  return row!
}
