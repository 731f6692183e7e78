import {
  type Announced,
  announcementOfStep,
  announcementOfUpdate,
  announcementsOf,
} from '../../../db/queries/announced.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import { type LedgerScope, ledgerCounts, revisionSince, siteTargetStates } from '../../../db/queries/ledger.ts'
import {
  announcementsOfMaintenances,
  type Maintenance,
  type MaintenanceUpdate,
  updatesOfMaintenances,
} from '../../../db/queries/maintenances.ts'
import { wouldResend } from '../../../db/queries/resend.ts'
import { guardState } from '../../domain/blast-guard.ts'
import { type DeliveryBoard, type PageTarget, smsForecast, smsWaiting } from '../../domain/board.ts'
import { channelCounts, type DeliveryCounts } from '../../domain/delivery-counts.ts'
import { plus } from '../../domain/duration.ts'
import { covers } from '../../domain/role.ts'
import type { Call } from '../route.ts'
import { boardUrl } from './board-path.ts'

/** What was told, and where its rows and its revision are found. */
interface Told {
  url: string
  told: DeliveryBoard['told']
  at: Date
  scope: LedgerScope
  announcement: Announced
  /** Null: on no page. */
  page: { incidentId: string } | { maintenanceId: string } | null
  now: Date
}

/** The board of an update; null where nobody was to be told. `now` comes from the database's clock. */
export async function updateBoard(call: Call, update: Update, now: Date): Promise<DeliveryBoard | null> {
  const announcement = await announcementOfUpdate(call.acting.db, update.id)
  if (!announcement) return null
  const { id: updateId, incidentId } = update
  return boardOf(call, {
    url: boardUrl('incidents', incidentId, updateId),
    told: { update: update.seq },
    at: update.publishedAt!,
    scope: { incidentId, updateId },
    announcement,
    page: update.audience === 'public' ? { incidentId } : null,
    now,
  })
}

/** The board of a step of planned work; null where nobody was to be told. */
export async function stepBoard(call: Call, step: MaintenanceUpdate, now: Date): Promise<DeliveryBoard | null> {
  const announcement = await announcementOfStep(call.acting.db, step.id)
  if (!announcement) return null
  const { maintenanceId } = step
  return boardOf(call, {
    url: boardUrl('maintenance', maintenanceId, step.id),
    told: { step: step.step },
    at: step.publishedAt,
    scope: { announcementId: announcement.id },
    announcement,
    page: { maintenanceId },
    now,
  })
}

/** The board of the newest of these updates that somebody was to be told of; newest first. */
export async function newestUpdateBoard(
  call: Call,
  updates: readonly Update[],
  now: Date,
): Promise<DeliveryBoard | null> {
  const announced = await announcementsOf(call.acting.db, [...new Set(updates.map(({ incidentId }) => incidentId))])
  const newest = updates.find(({ id }) => announced.has(id))
  return newest ? updateBoard(call, newest, now) : null
}

export async function newestStepBoard(call: Call, { id }: Maintenance, now: Date): Promise<DeliveryBoard | null> {
  const { db } = call.acting
  const announced = await announcementsOfMaintenances(db, [id])
  const newest = (await updatesOfMaintenances(db, [id])).find((step) => announced.has(step.id))
  return newest ? stepBoard(call, newest, now) : null
}

async function boardOf({ world, acting }: Call, told: Told): Promise<DeliveryBoard> {
  const { db, actor } = acting
  const { now } = told
  const [counts, resending, targets] = await Promise.all([
    ledgerCounts(db, told.scope),
    wouldResend(db, told.scope),
    told.page ? targetsOf(db, told.page, told.at) : [],
  ])
  const guard = guardState(told.announcement, now)
  return {
    url: told.url,
    told: told.told,
    at: told.at.toISOString(),
    channels: channelCounts(counts),
    counts,
    writing: told.announcement.fannedOutAt === null && (guard === 'passed' || guard === 'released'),
    guard,
    smsBy: smsBy(counts, world.smsSegmentsPerSecond, now),
    resending,
    targets,
    mayRetry: actor.role !== null && covers(actor.role, 'responder'),
  }
}

function smsBy(counts: DeliveryCounts, perSecond: number | null, now: Date): string | null {
  const waiting = smsWaiting(counts)
  return perSecond === null || waiting === 0 ? null : plus(now, smsForecast(waiting, perSecond)).toISOString()
}

/** A target that failed still shows what it held before; what it is to show now it does not. */
async function targetsOf(db: Call['acting']['db'], of: NonNullable<Told['page']>, since: Date): Promise<PageTarget[]> {
  const [wanted, states] = await Promise.all([revisionSince(db, of, since), siteTargetStates(db)])
  return states.map(({ name, state, revision, publishedAt }) => ({
    name,
    state: revision >= (wanted ?? 0) ? 'in_place' : state === 'failed' ? 'failed' : 'on_its_way',
    at: publishedAt.toISOString(),
  }))
}
