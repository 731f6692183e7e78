import { approvalOf } from '../../../db/queries/approvals.ts'
import { heldUpdateOf } from '../../../db/queries/held-updates.ts'
import type { Acting } from '../../actions/acting.ts'
import type { Notice } from '../../domain/screen-parts.ts'
import { seeOther } from './page.ts'

/** Leads whoever has spoken back to the room: it says `out`, or that what they said is held and why. */
export async function backToRoom({ db }: Acting, incidentId: string, out: Notice): Promise<Response> {
  const held = await heldUpdateOf(db, incidentId)
  const awaited = held && (await approvalOf(db, held.id))
  const notice = held ? (awaited ? 'awaits_approval' : 'held') : out
  return seeOther(`/console/incidents/${incidentId}?notice=${notice}`)
}
