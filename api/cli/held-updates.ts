import { heldUpdateOf } from '../../db/queries/held-updates.ts'
import { incidentById } from '../../db/queries/incidents.ts'
import { personByEmail } from '../../db/queries/people.ts'
import type { Acting } from '../actions/acting.ts'
import { approveUpdate } from '../actions/approve-update.ts'
import { breakGlass, breakGlassInput } from '../actions/break-glass.ts'
import { recallUpdate } from '../actions/recall-update.ts'
import { releaseUpdate } from '../actions/release-update.ts'
import { refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import { covers } from '../domain/role.ts'
import { checked } from '../http/input.ts'
import { type Command, type Printed, positional, required, type Typed } from './command.ts'
import { printIncident } from './incidents.ts'

/** What becomes of the update of an incident that is held; there is one at most, so the incident names it. */
export const heldUpdateCommands: Command[] = [
  {
    name: 'incident recall',
    usage: 'ID',
    summary: 'Recall the held update of an incident: outside it never existed',
    options: {},
    run: (acting, typed) => decide(acting, typed, recallUpdate),
  },
  {
    name: 'incident release',
    usage: 'ID',
    summary: 'Let the held update of an incident go out before its time',
    options: {},
    run: (acting, typed) => decide(acting, typed, releaseUpdate),
  },
  {
    name: 'incident approve',
    usage: 'ID --as EMAIL',
    summary: 'Approve the held update of an incident as a person who did not write it',
    options: { as: { type: 'string' } },
    async run(acting, typed) {
      const approver = await personCalled(acting, required(typed, 'as'))
      return decide({ ...acting, actor: { ...acting.actor, personId: approver.id } }, typed, approveUpdate)
    },
  },
  {
    name: 'incident break-glass',
    usage: 'ID --reason R',
    summary: 'Let an update go that waits for approval, without it',
    options: { reason: { type: 'string' } },
    async run(acting, typed) {
      const input = checked(breakGlassInput, { reason: required(typed, 'reason') })
      return decide(acting, typed, (by, incidentId, updateId) => breakGlass(by, incidentId, updateId, input))
    },
  },
]

/** Who approves, by their address: an active person who may speak. */
async function personCalled(acting: Acting, email: string) {
  const person = await personByEmail(acting.db, email)
  if (!person?.active || !covers(person.role, 'responder'))
    throw refuseField('as', 'unknown', `Nobody who may speak is known as ${email}.`)
  return person
}

type Decide = (acting: Acting, incidentId: string, updateId: string) => Promise<unknown>

async function decide(acting: Acting, typed: Typed, done: Decide): Promise<Printed> {
  const id = positional(typed, 'incident (its id)')
  if (!(await incidentById(acting.db, id))) throw refuseMissing('incident')
  const held = await heldUpdateOf(acting.db, id)
  if (!held) throw refuseConflict('nothing_held', 'No update of this incident is held.')
  await done(acting, id, held.id)
  return printIncident(acting, id)
}
