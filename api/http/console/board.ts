import { announcementOfStep } from '../../../db/queries/announced.ts'
import { updateOf } from '../../../db/queries/corrections.ts'
import { type LedgerScope, ledgerFailures, ledgerRows } from '../../../db/queries/ledger.ts'
import { maintenanceById, stepOf } from '../../../db/queries/maintenances.ts'
import { retryDeliveries, retryStepDeliveries } from '../../actions/retry-deliveries.ts'
import { type BoardScreen, codeOf, type DeliveryBoard, type FailedRow, failureCounts } from '../../domain/board.ts'
import { FAILED } from '../../domain/delivery-counts.ts'
import { failureReason } from '../../domain/failure-reason.ts'
import { maskAddress } from '../../domain/mask.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import { pageOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { stepBoard, updateBoard } from './board-of.ts'
import { boardUrl } from './board-path.ts'
import { idIn } from './forms.ts'
import { seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const OF_UPDATE = '/console/incidents/:id/deliveries/:update'
const OF_STEP = '/console/maintenance/:id/deliveries/:update'
const shared = { door: 'page', tag: 'Console' } as const

export const boardRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: OF_UPDATE,
    access: 'viewer',
    summary: 'The delivery board of an update',
    handle: async (call) => show(call.world, 'console/delivery', await ofUpdate(call)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: OF_UPDATE,
    access: 'responder',
    summary: 'Sends an update again to those it did not reach',
    handle: async (call) => {
      const { id, update } = idsIn(call)
      await retryDeliveries(call.acting, id, update)
      return seeOther(`${boardUrl('incidents', id, update)}?notice=resent`)
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: OF_STEP,
    access: 'viewer',
    summary: 'The delivery board of a step of planned work',
    handle: async (call) => show(call.world, 'console/delivery', await ofStep(call)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: OF_STEP,
    access: 'responder',
    summary: 'Sends a step of planned work again to those it did not reach',
    handle: async (call) => {
      const { id, update } = idsIn(call)
      await retryStepDeliveries(call.acting, id, update)
      return seeOther(`${boardUrl('maintenance', id, update)}?notice=resent`)
    },
  }),
]

const idsIn = ({ params }: Call) => ({
  id: idIn(params, 'page'),
  update: idIn({ id: params.update ?? '' }, 'update'),
})

async function ofUpdate(call: Call): Promise<BoardScreen> {
  const { db } = call.acting
  const ids = idsIn(call)
  const incident = await found(call.acting, ids.id)
  const update = await updateOf(db, incident.id, ids.update)
  if (update?.state !== 'published') throw refuseMissing('update')
  const room = { title: incident.title, url: `/console/incidents/${incident.id}` }
  const scope = { incidentId: incident.id, updateId: update.id }
  return screenOf(call, room, await updateBoard(call, update, await call.acting.clock(db)), scope)
}

async function ofStep(call: Call): Promise<BoardScreen> {
  const { db } = call.acting
  const ids = idsIn(call)
  const maintenance = await maintenanceById(db, ids.id)
  const step = maintenance && (await stepOf(db, maintenance.id, ids.update))
  if (!maintenance || !step) throw refuseMissing('update')
  const room = { title: maintenance.title, url: `/console/maintenance/${maintenance.id}` }
  const announcement = await announcementOfStep(db, step.id)
  const board = await stepBoard(call, step, await call.acting.clock(db))
  return screenOf(call, room, board, { announcementId: announcement?.id ?? '' })
}

/** Failures shown on one page. */
const MOST_ROWS = 50

async function screenOf(
  call: Call,
  room: BoardScreen['room'],
  board: DeliveryBoard | null,
  scope: LedgerScope,
): Promise<BoardScreen> {
  const shell = await shellOf(call)
  const reasons = board ? failureCounts(await ledgerFailures(call.acting.db, scope)) : []
  const page = board && shell.may.speak ? await failuresOf(call, scope, board.url) : null
  return { shell, room, board, reasons, failures: page?.failures ?? null, moreUrl: page?.moreUrl ?? null }
}

async function failuresOf({ acting: { db }, request }: Call, scope: LedgerScope, url: string) {
  const cursor = new URL(request.url).searchParams.get('cursor') ?? undefined
  const [queuedAt, id] = positionOf(cursor, ['time', 'id']) ?? []
  const after = queuedAt && id ? { queuedAt: new Date(queuedAt), id } : undefined
  const rows = await ledgerRows(db, scope, { states: FAILED }, { after, limit: MOST_ROWS + 1 })
  const page = pageOf(rows, MOST_ROWS, (row) => [row.queuedAt.toISOString(), row.id])
  const failures = page.data.map(
    (row): FailedRow => ({
      id: row.id,
      channel: row.channel,
      address: maskAddress(row.address),
      state: row.state,
      reason: failureReason(row),
      code: codeOf(row),
      attempts: row.attempts,
    }),
  )
  return { failures, moreUrl: page.next_cursor && `${url}?cursor=${page.next_cursor}` }
}
