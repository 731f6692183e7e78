import { and, desc, eq, inArray, isNull } from 'drizzle-orm'
import type { Severity } from '../../api/domain/severity.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import { announcements, approvals, deliveries, incidents, people, updates } from '../schema.ts'
import { waysTo } from './announcements.ts'
import type { Reader } from './cadence.ts'
import type { Incident, Update } from './incidents.ts'
import { peopleOfRung, type Reached } from './recipients.ts'
import { wake } from './wake.ts'

export type Approval = typeof approvals.$inferSelect

/** Notes that an update waits for approval, or that it could not wait for one. */
export async function writeApproval(tx: Transaction, row: typeof approvals.$inferInsert): Promise<Approval> {
  const [approval] = await tx.insert(approvals).values(row).returning()
  return approval!
}

/** The approval that was asked for an update; null where none was. */
export async function approvalOf(reader: Reader, updateId: string): Promise<Approval | null> {
  const [row] = await reader.select().from(approvals).where(eq(approvals.updateId, updateId))
  return row ?? null
}

/** The approvals asked for the updates of these incidents, by update. */
export async function approvalsOf(reader: Reader, incidentIds: readonly string[]): Promise<Map<string, Approval>> {
  if (incidentIds.length === 0) return new Map()
  const rows = await reader
    .select({ approval: approvals })
    .from(approvals)
    .innerJoin(updates, eq(updates.id, approvals.updateId))
    .where(inArray(updates.incidentId, [...incidentIds]))
  return new Map(rows.map(({ approval }) => [approval.updateId, approval]))
}

/** Writes what became of it. Lock its incident first. */
export async function decideApproval(
  tx: Transaction,
  updateId: string,
  decided: Pick<Approval, 'outcome' | 'decidedAt' | 'decidedById' | 'reason'>,
): Promise<void> {
  await tx.update(approvals).set(decided).where(eq(approvals.updateId, updateId))
}

/**
 * Who is told that an update waits for approval: those of the people who lead who may give it; where nobody of them may,
 * the fallback; where nobody of those may, everybody who may.
 */
export async function approversOf(
  tx: Transaction,
  incident: Incident,
  authorId: string | null,
  fallback: readonly string[],
): Promise<Reached[]> {
  for (const to of [['commander', 'deputy', 'comms_lead'], ['fallback'], ['everyone']] as const) {
    const may = await whoMayApprove(tx, await peopleOfRung(tx, incident, to, fallback), authorId)
    if (may.length > 0) return may
  }
  return []
}

async function whoMayApprove(tx: Transaction, among: readonly Reached[], authorId: string | null): Promise<Reached[]> {
  const ids = among.map(({ id }) => id).filter((id) => id !== authorId)
  if (ids.length === 0) return []
  const rows = await tx
    .select({ id: people.id })
    .from(people)
    .where(and(inArray(people.id, ids), inArray(people.role, ['responder', 'commander', 'admin'])))
  const may = rows.map(({ id }) => id)
  return among.filter(({ id }) => may.includes(id))
}

/** Tells these people at once that an update waits for them; no news any more once it goes out by itself. */
export async function queueApprovalAlert(
  tx: Transaction,
  { id: updateId, incidentId, severity }: Update,
  to: readonly Reached[],
  { now, expiresAt }: { now: Date; expiresAt: Date },
): Promise<void> {
  const told = { audience: 'internal', incidentId, priority: 0, expiresAt } as const
  const announcementId = newId()
  const about = { id: announcementId, kind: 'approval', updateId, severity } as const
  await tx.insert(announcements).values({ ...told, ...about, createdAt: now, fannedOutAt: now })
  const rows = to.flatMap((person) =>
    waysTo(person).map((way) => ({ ...told, ...way, id: newId(), announcementId, personId: person.id })),
  )
  if (rows.length === 0) return
  await tx
    .insert(deliveries)
    .values(rows.map((row) => ({ ...row, lane: 'staff' as const, queuedAt: now, nextAttemptAt: now })))
  await wake(tx, 'deliver')
}

/** What is told of an approval that is asked for: the update, its incident, and who wrote it. */
export async function toldApproval(reader: Reader, updateId: string) {
  const [row] = await reader
    .select({ update: updates, approval: approvals, incident: incidents, author: people.name })
    .from(approvals)
    .innerJoin(updates, eq(updates.id, approvals.updateId))
    .innerJoin(incidents, eq(incidents.id, updates.incidentId))
    .leftJoin(people, eq(people.id, updates.authorId))
    .where(eq(approvals.updateId, updateId))
  return row!
}

/** The update of an incident that waits for approval at present; null where none does. */
export async function awaitingApproval(reader: Reader, incidentId: string): Promise<Update | null> {
  const [row] = await reader
    .select({ update: updates })
    .from(updates)
    .innerJoin(approvals, eq(approvals.updateId, updates.id))
    .where(and(eq(updates.incidentId, incidentId), eq(updates.state, 'held'), isNull(approvals.outcome)))
  return row?.update ?? null
}

/** The severity that outsiders were told last; null where nothing has been said to them. */
export async function severityTold(reader: Reader, incidentId: string): Promise<Severity | null> {
  const [row] = await reader
    .select({ severity: updates.severity })
    .from(updates)
    .where(and(eq(updates.incidentId, incidentId), eq(updates.state, 'published'), eq(updates.audience, 'public')))
    .orderBy(desc(updates.seq))
    .limit(1)
  return row?.severity ?? null
}
