import { and, asc, eq } from 'drizzle-orm'
import type { Channel, Lane } from '../../api/domain/attempt.ts'
import type { AnnouncementKind } from '../../api/domain/audience.ts'
import type { Severity } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, deliveries, people } from '../schema.ts'
import { waysTo } from './announcements.ts'
import type { Reader } from './cadence.ts'
import type { Reached } from './recipients.ts'
import { wake } from './wake.ts'

/** What is told to people around briefings, in which lane. */
export interface ToldToPeople {
  kind: Extract<AnnouncementKind, 'briefing' | 'briefing_alert' | 'decision_answer' | 'decision_reminder'>
  lane: Extract<Lane, 'staff' | 'executive'>
  incidentId: string
  briefingId?: string | null
  alertId?: string | null
  severity: Severity
  expiresAt: Date
}

/** Somebody, on the channels that they are to be told on. */
export type ToldPerson = Reached & { channels: readonly Channel[] }

/** Nobody's public update is waited for. */
const FIRST = 0

/** Writes an announcement with a row for each person and channel that reaches them; they never were on a public list. */
export async function tellPeopleOfBriefing(
  tx: Transaction,
  { kind, lane, incidentId, briefingId = null, alertId = null, severity, expiresAt }: ToldToPeople,
  people: readonly ToldPerson[],
  now: Date,
): Promise<void> {
  const told = {
    audience: lane === 'staff' ? 'internal' : 'executive',
    incidentId,
    priority: FIRST,
    expiresAt,
  } as const
  const announcementId = newId()
  await tx.insert(announcements).values({
    ...told,
    id: announcementId,
    kind,
    briefingId,
    alertId,
    severity,
    createdAt: now,
    fannedOutAt: now,
  })
  const rows = people.flatMap((person) =>
    waysTo(person, person.channels).map((to) => ({
      ...told,
      ...to,
      id: newId(),
      announcementId,
      personId: person.id,
      lane,
    })),
  )
  if (rows.length === 0) return
  await tx.insert(deliveries).values(rows.map((row) => ({ ...row, queuedAt: now, nextAttemptAt: now })))
  await wake(tx, 'deliver')
}

/** What carries a briefing to people, one row for each channel, in the order of their names. */
export const deliveriesOfBriefing = async (reader: Reader, briefingId: string) =>
  (
    await reader
      .select({ delivery: deliveries })
      .from(deliveries)
      .innerJoin(announcements, eq(announcements.id, deliveries.announcementId))
      .innerJoin(people, eq(people.id, deliveries.personId))
      .where(and(eq(announcements.briefingId, briefingId), eq(announcements.kind, 'briefing')))
      .orderBy(asc(people.name), asc(people.id))
  ).map((row) => row.delivery)
