import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import {
  type AlertDraft,
  type AlertSource,
  type Group,
  heldAlerts,
  lockLiveDraft,
  lockSource,
} from '../../db/queries/alert-drafts.ts'
import { audit } from '../../db/queries/audit.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { draftAlerts, drafts } from '../../db/schema.ts'
import { type Growth, growthOf } from '../domain/draft.ts'
import type { AlertReport } from '../domain/incoming-alerts/report.ts'
import { hashOfToken } from '../domain/signature.ts'
import { type Acting, SYSTEM } from './acting.ts'

/**
 * Takes what a source tells of one group of alerts: a draft is made of what fires, grows by what comes later, and ends when
 * all of it is resolved; one whose end is heard of first is closed from the beginning. Nothing of it is ever public
 * (standards W11). Answers the draft's id; null where there is none.
 */
export const takeAlerts = (acting: Acting, source: AlertSource, report: AlertReport): Promise<string | null> =>
  acting.db.transaction(async (tx) => {
    await lockSource(tx, source.id)
    const now = await acting.clock(tx)
    const group = { sourceId: source.id, groupKey: hashOfToken(report.group) }
    // A source's own names may be of any length and hold anything: their hashes stand for them.
    const reported = report.alerts.map((alert) => ({ ...alert, fingerprint: hashOfToken(alert.fingerprint) }))
    const live = await lockLiveDraft(tx, group)
    const beginnings = reported.flatMap(({ startsAt }) => startsAt ?? [])
    const held = await heldAlerts(tx, group, beginnings)
    const growth = growthOf(reported, held, now)
    if (growth.fresh.length === 0 && growth.resolved.length === 0 && growth.ended.length === 0)
      return live?.id ?? held[0]?.draftId ?? null
    const draft = live ?? (await makeDraft(tx, source, group, report.title, growth, now))
    await writeAlerts(tx, draft, growth, now)
    await grow(tx, source, draft, growth, now)
    return draft.id
  })

const firstOf = ({ fresh, ended }: Growth, otherwise: Date): Date =>
  [...fresh, ...ended].reduce((first, { startsAt }) => (startsAt < first ? startsAt : first), otherwise)

async function makeDraft(
  tx: Transaction,
  source: AlertSource,
  group: Group,
  title: string,
  growth: Growth,
  now: Date,
): Promise<AlertDraft> {
  const detectedAt = firstOf(growth, now)
  const [draft] = await tx
    .insert(drafts)
    .values({ id: newId(), ...group, title, detectedAt, lastAlertAt: now, createdAt: now })
    .returning()
  await audit(tx, bySource(source), {
    action: 'draft.made',
    subject: { kind: 'draft', id: draft!.id },
    after: { source: source.id, title, detected_at: detectedAt.toISOString() },
  })
  return draft!
}

const bySource = ({ name }: AlertSource) => ({ ...SYSTEM, name })

async function writeAlerts(
  tx: Transaction,
  draft: AlertDraft,
  { fresh, resolved, ended }: Growth,
  now: Date,
): Promise<void> {
  if (resolved.length > 0)
    await tx
      .update(draftAlerts)
      .set({ resolvedAt: now })
      .where(
        and(
          eq(draftAlerts.draftId, draft.id),
          inArray(draftAlerts.fingerprint, resolved),
          isNull(draftAlerts.resolvedAt),
        ),
      )
  const rows = (alerts: Growth['fresh'], resolvedAt: Date | null) =>
    alerts.map(({ alert: { fingerprint, title, url }, startsAt }) => ({
      draftId: draft.id,
      fingerprint,
      startsAt,
      title,
      url,
      resolvedAt,
    }))
  const told = [...rows(fresh, null), ...rows(ended, now)]
  if (told.length > 0) await tx.insert(draftAlerts).values(told)
}

/** A draft that became an incident tells its timeline what the alerts do; one that nobody has decided about closes. */
async function grow(tx: Transaction, source: AlertSource, draft: AlertDraft, growth: Growth, now: Date): Promise<void> {
  const closes = !growth.fires && draft.state === 'open'
  await tx
    .update(drafts)
    .set({
      lastAlertAt: now,
      detectedAt: firstOf(growth, draft.detectedAt),
      endedAt: growth.fires ? null : now,
      state: closes ? 'closed' : draft.state,
    })
    .where(eq(drafts.id, draft.id))
  if (closes)
    await audit(tx, bySource(source), { action: 'draft.closed', subject: { kind: 'draft', id: draft.id }, after: {} })
  if (draft.incidentId === null || growth.fresh.length + growth.resolved.length === 0) return
  await addToTimeline(tx, {
    incidentId: draft.incidentId,
    at: now,
    kind: 'auto',
    text: growth.fires
      ? `${source.name}: ${growth.fresh.length} more firing, ${growth.resolved.length} resolved.`
      : `${source.name}: all alerts are resolved.`,
    personId: null,
  })
}
