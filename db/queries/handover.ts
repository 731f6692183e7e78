import { and, eq, exists, gt, isNotNull, lte, not, sql } from 'drizzle-orm'
import { expiryOfAlert } from '../../api/domain/freshness.ts'
import type { Queryable, Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, incidents, people, timelineEntries } from '../schema.ts'
import { waysTo } from './announcements.ts'
import type { Incident } from './incidents.ts'
import { activeById } from './recipients.ts'
import type { TimelineEntry } from './timeline.ts'
import { wake } from './wake.ts'

/** Smaller than that of any update: staff wait for nobody. */
const FIRST = 0

/** Tells an active commander, on every address of theirs, what this line of the timeline says of the command. */
export async function queueHandover(
  tx: Transaction,
  { id: incidentId, severity }: Pick<Incident, 'id' | 'severity'>,
  { id: personId }: { id: string },
  { id: timelineEntryId }: TimelineEntry,
  now: Date,
): Promise<void> {
  const told = { audience: 'internal', incidentId, priority: FIRST, expiresAt: expiryOfAlert(now) } as const
  const announcementId = newId()
  await tx.insert(announcements).values({
    ...told,
    id: announcementId,
    kind: 'handover',
    timelineEntryId,
    severity,
    createdAt: now,
    fannedOutAt: now,
  })
  const row = {
    ...told,
    announcementId,
    personId,
    lane: 'staff',
    queuedAt: now,
    nextAttemptAt: now,
  } as const
  const ways = (await activeById(tx, [personId])).flatMap((commander) => waysTo(commander))
  await tx.insert(deliveries).values(ways.map((to) => ({ ...row, ...to, id: newId() })))
  await wake(tx, 'deliver')
}

/** Who handed the command of an incident to the one who has it now, by name; null where nobody did. */
export async function commandedBefore(
  db: Queryable,
  { id, commanderId }: Pick<Incident, 'id' | 'commanderId'>,
): Promise<string | null> {
  const [row] = await db.execute<{ name: string | null; to: string }>(sql`
    select people.name, after ->> 'commander_id' as to
    from audit_log left join people on people.id = before ->> 'commander_id'
    where subject_kind = 'incident' and subject_id = ${id} and action = 'incident.handed_over'
    order by audit_log.id desc limit 1`)
  return row && row.to === commanderId ? row.name : null
}

/** The line of the timeline that an announcement tells, with its incident. */
export async function toldHandover(db: Queryable, timelineEntryId: string) {
  const [row] = await db
    .select()
    .from(timelineEntries)
    .innerJoin(incidents, eq(incidents.id, timelineEntries.incidentId))
    .where(eq(timelineEntries.id, timelineEntryId))
  return { entry: row!.timeline_entries, incident: row!.incidents }
}

/** Up to `count` incidents with a promise to keep that active people have commanded since `before` without being reminded; held. */
export const lockLongCommanded = (tx: Transaction, before: Date, count: number) =>
  tx
    .select({ incident: incidents, commander: people })
    .from(incidents)
    .innerJoin(people, eq(people.id, incidents.commanderId))
    .where(
      and(
        isNotNull(incidents.nextUpdateDueAt),
        lte(incidents.commandedSince, before),
        people.active,
        not(exists(remindedInThisCommand(tx))),
      ),
    )
    .limit(count)
    .for('update', { of: incidents, skipLocked: true })

/** What told of the beginning of a command bears that very instant; only a reminder comes later. */
const remindedInThisCommand = (tx: Transaction) =>
  tx
    .select({ id: announcements.id })
    .from(announcements)
    .where(
      and(
        eq(announcements.incidentId, incidents.id),
        eq(announcements.kind, 'handover'),
        gt(announcements.createdAt, incidents.commandedSince),
      ),
    )
