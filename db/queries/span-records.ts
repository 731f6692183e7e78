import { and, asc, eq, gt, isNotNull, isNull, ne, or } from 'drizzle-orm'
import { type Hold, type HoldChange, holdsOf } from '../../api/domain/mistaken-holds.ts'
import type { SpanSeen } from '../../api/domain/snapshot.ts'
import type { Transaction } from '../client.ts'
import { newId } from '../ids.ts'
import {
  componentSpans,
  components,
  incidentComponents,
  incidents,
  maintenanceComponents,
  maintenances,
} from '../schema.ts'
import { type Incident, type Update, updatesOfAll } from './incidents.ts'

/** What it takes to read a component's record anew. */
export interface ComponentRecordSince {
  byHand: typeof components.$inferSelect.status
  /** Those that had not ended at `since`, oldest first. */
  spans: SpanSeen[]
  /** What other incidents and maintenance held it in. */
  others: Hold[]
}

/** The record of a component since an instant, and what held it beside one incident; retracted ones held nothing. */
export async function recordBeside(
  tx: Transaction,
  incidentId: string,
  componentId: string,
  since: Date,
): Promise<ComponentRecordSince> {
  const [component] = await tx.select().from(components).where(eq(components.id, componentId))
  const spans = await tx
    .select()
    .from(componentSpans)
    .where(and(eq(componentSpans.componentId, componentId), stillAt(componentSpans.endedAt, since)))
    .orderBy(asc(componentSpans.startedAt))
  return {
    byHand: component!.status,
    spans: spans.map(({ status, startedAt, endedAt }) => ({ status, startedAt, endedAt })),
    others: [
      ...(await heldByIncidents(tx, incidentId, componentId, since)),
      ...(await heldByWork(tx, componentId, since)),
    ],
  }
}

/** How an incident held a component where outsiders saw it. */
export const holdsIn = (
  incident: Pick<Incident, 'publicSince' | 'backfilled' | 'startedAt'>,
  updates: readonly Update[],
  component: { id: string; status: Hold['status'] },
): Hold[] =>
  shownFrom(incident) === null ? [] : holdsOf(changesOf(updates, component.id), component.status, shownFrom(incident)!)

/** Since when outsiders are shown what an incident held: its first public word, written by somebody or by itself, or all of it where it was written down later. */
export const shownFrom = (incident: Pick<Incident, 'publicSince' | 'backfilled' | 'startedAt'>): Date | null =>
  incident.backfilled && incident.publicSince ? incident.startedAt : incident.publicSince

const changesOf = (updates: readonly Update[], componentId: string): HoldChange[] =>
  updates
    .filter((update) => update.state === 'published')
    .toSorted((one, other) => one.seq - other.seq)
    .map(({ publishedAt, status, affected }) => ({
      at: publishedAt!,
      incidentStatus: status,
      change: affected.find(({ id }) => id === componentId) ?? null,
    }))

async function heldByIncidents(tx: Transaction, besideId: string, componentId: string, since: Date): Promise<Hold[]> {
  const rows = await tx
    .select({ incident: incidents, status: incidentComponents.status })
    .from(incidentComponents)
    .innerJoin(incidents, eq(incidents.id, incidentComponents.incidentId))
    .where(
      and(
        eq(incidentComponents.componentId, componentId),
        ne(incidents.id, besideId),
        eq(incidents.visibility, 'public'),
        eq(incidents.retracted, false),
        isNotNull(incidents.publicSince),
        stillAt(incidents.resolvedAt, since),
      ),
    )
  const updates = await updatesOfAll(
    tx,
    rows.map(({ incident }) => incident.id),
  )
  return rows.flatMap(({ incident, status }) =>
    holdsIn(
      incident,
      updates.filter((update) => update.incidentId === incident.id),
      { id: componentId, status },
    ),
  )
}

async function heldByWork(tx: Transaction, componentId: string, since: Date): Promise<Hold[]> {
  const rows = await tx
    .select({ startedAt: maintenances.startedAt, endedAt: maintenances.endedAt })
    .from(maintenanceComponents)
    .innerJoin(maintenances, eq(maintenances.id, maintenanceComponents.maintenanceId))
    .where(
      and(
        eq(maintenanceComponents.componentId, componentId),
        isNotNull(maintenances.startedAt),
        stillAt(maintenances.endedAt, since),
      ),
    )
  return rows.map(({ startedAt, endedAt }) => ({ status: 'under_maintenance', from: startedAt!, until: endedAt }))
}

const stillAt = (
  end: typeof componentSpans.endedAt | typeof incidents.resolvedAt | typeof maintenances.endedAt,
  since: Date,
) => or(isNull(end), gt(end, since))

/** Puts these spans in the place of those that had not ended at `since`. Lock the component first (`trackShownStatus`). */
export async function replaceSpans(
  tx: Transaction,
  componentId: string,
  since: Date,
  spans: readonly SpanSeen[],
): Promise<void> {
  await tx
    .delete(componentSpans)
    .where(and(eq(componentSpans.componentId, componentId), stillAt(componentSpans.endedAt, since)))
  if (spans.length > 0)
    await tx.insert(componentSpans).values(spans.map((span) => ({ ...span, id: newId(), componentId })))
}
