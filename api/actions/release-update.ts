import type { Transaction } from '../../db/client.ts'
import { approvalOf } from '../../db/queries/approvals.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { updateOf } from '../../db/queries/corrections.ts'
import { dueReleases, heldUpdateOf, lockIncidentIfFree } from '../../db/queries/held-updates.ts'
import type { Incident, Update } from '../../db/queries/incidents.ts'
import { wake } from '../../db/queries/wake.ts'
import { leavesAt } from '../domain/hold.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { decide } from './ask-approval.ts'
import { eachOnItsOwn } from './each-on-its-own.ts'
import { livingComponents } from './hold-components.ts'
import { lockFresh } from './post-update.ts'
import { noteChanges, publishSaid, saidIn } from './publish-post.ts'
import { askedOf, type Said } from './publish-update.ts'

/**
 * Lets a held update go before its time. Two who press at once have both succeeded. Refuses one that waits for approval
 * (409 `approval_needed`): that is given, or the glass is broken.
 */
export const releaseUpdate = (
  acting: Acting,
  incidentId: string,
  updateId: string,
  expectedVersion: number | null = null,
): Promise<Update> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    const update = await updateOf(tx, incidentId, updateId)
    if (!update) throw refuseMissing('update')
    if (update.state === 'recalled')
      throw refuseConflict('already_recalled', 'This update was recalled. Post anew to speak.')
    if (await awaitsApproval(tx, update))
      throw refuseConflict(
        'approval_needed',
        'A second person approves this update; with a reason you break the glass.',
      )
    return update.state === 'published' ? update : release(tx, acting, incident, update, await acting.clock(tx))
  })

const awaitsApproval = async (tx: Transaction, { id, state }: Update): Promise<boolean> =>
  state === 'held' && (await approvalOf(tx, id))?.outcome === null

/** Releases every held update whose time has come, each in its own transaction. Answers how many. */
export const releaseDueUpdates = async (acting: Acting): Promise<number> =>
  eachOnItsOwn(await dueReleases(acting.db), (incidentId) => releaseOne(acting, incidentId))

/**
 * One that somebody has in hand, or has decided meanwhile, is left to them. One that nobody has approved by now goes all
 * the same: approval never makes an update late.
 */
const releaseOne = (acting: Acting, incidentId: string): Promise<number> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockIncidentIfFree(tx, incidentId)
    const held = incident && (await heldUpdateOf(tx, incidentId))
    const now = await acting.clock(tx)
    if (!held || leavesAt(held.releaseAt!, incident.nextUpdateDueAt) > now) return 0
    if (await awaitsApproval(tx, held)) await decide(tx, acting, held, { outcome: 'lapsed', reason: null, now })
    await release(tx, acting, incident, held, now)
    return 1
  })

/** Publishes it as things stand now, by its author's name. */
export async function release(
  tx: Transaction,
  acting: Acting,
  incident: Incident,
  held: Update,
  now: Date,
): Promise<Update> {
  const policy = await currentPolicy(tx)
  const asked = { ...held.heldPost!, components: await livingComponents(tx, held.heldPost!.components) }
  const { body, headline, noChange, notify, retractionReason } = held
  const post = { body, headline, noChange, notify, asked, ...(retractionReason !== null && { retractionReason }) }
  const wanted = saidIn(incident, post)
  const said = 'refused' in askedOf(policy, incident, wanted, now) ? withUsualPromise(wanted) : wanted
  const update = await publishSaid(tx, acting, incident, { ...said, held }, policy, now)
  await noteChanges(tx, incident, update, { ...asked, extension_reason: said.extensionReason ?? null })
  await wake(tx, 'cadence')
  return update
}

/**
 * What was taken is said, whatever has changed since: a promise that has become impossible (its instant has passed, the
 * cadence is stricter now) gives way to the cadence's own.
 */
const withUsualPromise = (said: Said): Said => ({ ...said, asked: null, extensionReason: null })
