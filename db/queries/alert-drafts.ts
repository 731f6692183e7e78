import { and, asc, count, desc, eq, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import type { AlertSourceKind, DraftState } from '../../api/domain/draft.ts'
import type { Transaction } from '../client.ts'
import { alertSources, draftAlerts, drafts } from '../schema.ts'
import type { Reader } from './cadence.ts'

export type AlertSource = typeof alertSources.$inferSelect
export type AlertDraft = typeof drafts.$inferSelect
export type DraftAlert = typeof draftAlerts.$inferSelect

/** The source of this kind whose key has this hash, unless it was revoked. */
export async function sourceByKey(reader: Reader, kind: AlertSourceKind, hash: string): Promise<AlertSource | null> {
  const [row] = await reader
    .select()
    .from(alertSources)
    .where(and(eq(alertSources.hash, hash), eq(alertSources.kind, kind), isNull(alertSources.revokedAt)))
  return row ?? null
}

/** Lets the messages of a source come one after the other, so that two peers telling the same make one draft (W12). */
export const lockSource = (tx: Transaction, id: string) =>
  tx.select({ id: alertSources.id }).from(alertSources).where(eq(alertSources.id, id)).for('no key update')

export interface Group {
  sourceId: string
  groupKey: string
}

const ofGroup = ({ sourceId, groupKey }: Group) => and(eq(drafts.sourceId, sourceId), eq(drafts.groupKey, groupKey))

/** The draft of a group that has not ended, held until the transaction ends. */
export async function lockLiveDraft(tx: Transaction, group: Group): Promise<AlertDraft | null> {
  const [row] = await tx
    .select()
    .from(drafts)
    .where(and(ofGroup(group), isNull(drafts.endedAt)))
    .for('update')
  return row ?? null
}

/** Alerts of a group: all of the draft that has not ended, of those that have the ones that began at one of these times. */
export async function heldAlerts(tx: Transaction, group: Group, beginnings: readonly Date[]) {
  const began = beginnings.length === 0 ? sql`false` : inArray(draftAlerts.startsAt, [...beginnings])
  const rows = await tx
    .select({ alert: draftAlerts, endedAt: drafts.endedAt })
    .from(draftAlerts)
    .innerJoin(drafts, eq(drafts.id, draftAlerts.draftId))
    .where(and(ofGroup(group), or(isNull(drafts.endedAt), began)))
  return rows.map(({ alert, endedAt }) => ({ ...alert, live: endedAt === null }))
}

/** A draft, held until the transaction ends. */
export async function lockDraft(tx: Transaction, id: string): Promise<AlertDraft | null> {
  const [row] = await tx.select().from(drafts).where(eq(drafts.id, id)).for('update')
  return row ?? null
}

/** A draft with its source, and how many of its alerts fire and how many there are. */
export interface ToldDraft extends AlertDraft {
  source: { id: string; kind: AlertSourceKind; name: string }
  firing: number
  alertCount: number
}

export interface DraftsAsked {
  states: readonly DraftState[]
  before?: { createdAt: Date; id: string } | undefined
  limit: number
}

/** Drafts in these states, newest first. */
export async function listDrafts(reader: Reader, { states, before, limit }: DraftsAsked): Promise<ToldDraft[]> {
  const older = before
    ? or(lt(drafts.createdAt, before.createdAt), and(eq(drafts.createdAt, before.createdAt), lt(drafts.id, before.id)))
    : undefined
  const rows = await reader
    .select({ draft: drafts, source: { id: alertSources.id, kind: alertSources.kind, name: alertSources.name } })
    .from(drafts)
    .innerJoin(alertSources, eq(alertSources.id, drafts.sourceId))
    .where(and(inArray(drafts.state, [...states]), older))
    .orderBy(desc(drafts.createdAt), desc(drafts.id))
    .limit(limit)
  return withCounts(reader, rows)
}

/** One draft, told. */
export async function draftById(reader: Reader, id: string): Promise<ToldDraft | null> {
  const rows = await reader
    .select({ draft: drafts, source: { id: alertSources.id, kind: alertSources.kind, name: alertSources.name } })
    .from(drafts)
    .innerJoin(alertSources, eq(alertSources.id, drafts.sourceId))
    .where(eq(drafts.id, id))
  return (await withCounts(reader, rows))[0] ?? null
}

async function withCounts(
  reader: Reader,
  rows: { draft: AlertDraft; source: ToldDraft['source'] }[],
): Promise<ToldDraft[]> {
  const ids = rows.map(({ draft }) => draft.id)
  if (ids.length === 0) return []
  const counted = await reader
    .select({
      id: draftAlerts.draftId,
      all: count(),
      firing: sql<number>`(count(*) filter (where ${draftAlerts.resolvedAt} is null))::int`,
    })
    .from(draftAlerts)
    .where(inArray(draftAlerts.draftId, ids))
    .groupBy(draftAlerts.draftId)
  const counts = new Map(counted.map((row) => [row.id, row]))
  return rows.map(({ draft, source }) => {
    const { firing = 0, all = 0 } = counts.get(draft.id) ?? {}
    return { ...draft, source, firing, alertCount: all }
  })
}

/** The first alerts of each of these drafts, by draft; those that fire first. */
export async function alertsOfDrafts(reader: Reader, ids: readonly string[]): Promise<Map<string, DraftAlert[]>> {
  if (ids.length === 0) return new Map()
  const rows = await reader
    .select()
    .from(draftAlerts)
    .where(inArray(draftAlerts.draftId, [...ids]))
    .orderBy(sql`${draftAlerts.resolvedAt} is not null`, asc(draftAlerts.startsAt), asc(draftAlerts.fingerprint))
  return Map.groupBy(rows, (row) => row.draftId)
}

/** Sources, also those that were revoked. */
export const listSources = (reader: Reader, page: { after?: string | undefined; limit: number }) =>
  reader
    .select()
    .from(alertSources)
    .where(page.after ? sql`${alertSources.id} > ${page.after}` : undefined)
    .orderBy(asc(alertSources.id))
    .limit(page.limit)
