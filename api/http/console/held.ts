import { approvalOf } from '../../../db/queries/approvals.ts'
import { draftOf } from '../../../db/queries/drafts.ts'
import type { Update } from '../../../db/queries/incidents.ts'
import { concernOfNext } from '../../../db/queries/reach.ts'
import type { Acting } from '../../actions/acting.ts'
import { approveUpdate } from '../../actions/approve-update.ts'
import { keepText } from '../../actions/keep-draft.ts'
import { recallUpdate } from '../../actions/recall-update.ts'
import { releaseUpdate } from '../../actions/release-update.ts'
import { approvalHindrance } from '../../domain/approval.ts'
import { leavesAt } from '../../domain/hold.ts'
import { covers } from '../../domain/role.ts'
import type { HeldUpdate } from '../../domain/room.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { peopleReached } from '../reach.ts'
import { type Call, route } from '../route.ts'
import { draftNameOf, type Known, newestPublic } from './composer.ts'
import { typedAgain } from './composer-fields.ts'
import { idIn } from './forms.ts'
import { seeOther } from './page.ts'
import { postedUpdates } from './posted-update.ts'

const shared = { door: 'page', tag: 'Console', access: 'responder', method: 'POST' } as const
const PATH = '/console/incidents/:id/updates/:update'

export const heldRoutes = [
  route({ ...shared, path: `${PATH}/recall`, summary: 'Recalls a held update', handle: recall }),
  route({ ...shared, path: `${PATH}/release`, summary: 'Lets a held update go before its time', handle: release }),
  route({
    ...shared,
    path: `${PATH}/approve`,
    summary: 'Approves a held update as the second person',
    handle: approve,
  }),
]

const idsIn = ({ params }: Call): [incidentId: string, updateId: string] => [
  idIn(params, 'incident'),
  idIn({ id: params.update ?? '' }, 'update'),
]

/** Whoever recalls it finds its words in the composer again, to mend them, unless something else stands there. */
async function recall(call: Call): Promise<Response> {
  const [id, updateId] = idsIn(call)
  await call.acting.db.transaction(async (tx) => {
    const acting = { ...call.acting, db: tx }
    const fields = typedAgain(await recallUpdate(acting, id, updateId))
    const other = await draftOf(tx, acting.actor.personId, draftNameOf(id))
    if (fields && !other?.fields.body?.trim()) await keepText(acting, draftNameOf(id), fields)
  })
  return seeOther(`/console/incidents/${id}?notice=recalled`)
}

async function release(call: Call): Promise<Response> {
  const [id, updateId] = idsIn(call)
  await releaseUpdate(call.acting, id, updateId)
  return seeOther(`/console/incidents/${id}?notice=posted`)
}

async function approve(call: Call): Promise<Response> {
  const [id, updateId] = idsIn(call)
  const { state } = await approveUpdate(call.acting, id, updateId)
  return seeOther(`/console/incidents/${id}?notice=${state === 'held' ? 'approved' : 'posted'}`)
}

/** The held update as the room shows it; of its incident what is known, updates newest first. */
export async function heldInRoom(
  { world, acting }: Call,
  { incident, updates, held }: Omit<Known, 'posted'>,
  update: Update,
  { inTheWay, breaking }: { inTheWay: boolean; breaking: Form | null },
): Promise<HeldUpdate> {
  const [posted] = await postedUpdates(acting.db, [update])
  const heldIds = held.map((component) => component.id)
  return {
    update: posted!,
    url: `/console/incidents/${incident.id}/updates/${update.id}`,
    leavesAt: leavesAt(update.releaseAt!, incident.nextUpdateDueAt).toISOString(),
    reach: update.notify
      ? await peopleReached(world, await concernOfNext(world.db, incident, newestPublic(updates), heldIds, update))
      : 0,
    inTheWay,
    approval: await approvalInRoom(acting, update, breaking),
  }
}

async function approvalInRoom(
  { db, actor }: Acting,
  update: Update,
  breaking: Form | null,
): Promise<HeldUpdate['approval']> {
  const asked = await approvalOf(db, update.id)
  if (asked?.outcome !== null) return null
  const own = approvalHindrance(update, actor) === 'own_update'
  return { mayGive: !own && covers(actor.role!, 'responder'), own, breaking }
}
