import { desc, lt } from 'drizzle-orm'
import type { Transaction } from '../client.ts'
import { auditLog } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type AuditEntry = typeof auditLog.$inferSelect

/** What was done, newest first; `before` is the number of an entry that those asked for are older than. */
export const auditEntries = (
  db: Reader,
  { before, limit }: { before: number | null; limit: number },
): Promise<AuditEntry[]> =>
  db
    .select()
    .from(auditLog)
    .where(before === null ? undefined : lt(auditLog.id, before))
    .orderBy(desc(auditLog.id))
    .limit(limit)

/** Who did it, as the audit keeps it. */
export interface AuditedActor {
  kind: string
  id: string | null
  name: string
  ip: string | null
}

export interface AuditedAct {
  /** A verb in the past tense, such as `update.published`. */
  action: string
  subject: { kind: string; id: string | null }
  before?: Record<string, unknown>
  after?: Record<string, unknown>
}

/** Writes one line of the audit in the transaction of what it tells (standards X11). */
export async function audit(tx: Transaction, actor: AuditedActor, act: AuditedAct): Promise<void> {
  await tx.insert(auditLog).values({
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    ip: actor.ip,
    action: act.action,
    subjectKind: act.subject.kind,
    subjectId: act.subject.id,
    before: act.before,
    after: act.after,
  })
}
