import { heldUpdateOf } from '../../db/queries/held-updates.ts'
import { incidentById } from '../../db/queries/incidents.ts'
import type { Acting } from '../actions/acting.ts'
import { recallUpdate } from '../actions/recall-update.ts'
import { releaseUpdate } from '../actions/release-update.ts'
import { refuseConflict, refuseMissing } from '../domain/refusal.ts'
import { type Command, type Printed, positional, type Typed } from './command.ts'
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
]

type Decide = (acting: Acting, incidentId: string, updateId: string) => Promise<unknown>

async function decide(acting: Acting, typed: Typed, done: Decide): Promise<Printed> {
  const id = positional(typed, 'incident (its id)')
  if (!(await incidentById(acting.db, id))) throw refuseMissing('incident')
  const held = await heldUpdateOf(acting.db, id)
  if (!held) throw refuseConflict('nothing_held', 'No update of this incident is held.')
  await done(acting, id, held.id)
  return printIncident(acting, id)
}
