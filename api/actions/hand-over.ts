import { eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { queueHandover } from '../../db/queries/handover.ts'
import type { Incident } from '../../db/queries/incidents.ts'
import { namesOfPeople } from '../../db/queries/names.ts'
import { personById } from '../../db/queries/people.ts'
import { addToTimeline, type TimelineEntry } from '../../db/queries/timeline.ts'
import { incidents } from '../../db/schema.ts'
import { mayCommand } from '../domain/command.ts'
import { bodyText } from '../domain/names.ts'
import { refuseConflict, refuseField } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { idSchema } from './fields.ts'
import { lockFresh } from './post-update.ts'

/** Whom the command goes to, and what they must know (contract section 4; the note is required: standards C17). */
export const handOverInput = z.strictObject({ to_person_id: idSchema, note: bodyText(2000) })
export type HandOver = z.infer<typeof handOverInput>

/**
 * Hands the command of an open incident to another active person who may command. The note goes on the timeline and to
 * the one who commands from now on, in the lane of staff. Answers the timeline's line.
 */
export const handOver = (
  acting: Acting,
  incidentId: string,
  { to_person_id, note }: HandOver,
  expectedVersion: number | null = null,
): Promise<TimelineEntry> =>
  acting.db.transaction(async (tx) => {
    const incident = await lockFresh(tx, incidentId, expectedVersion)
    refuseNeedless(incident, to_person_id)
    const commander = await whoMayCommand(tx, to_person_id)
    const now = await acting.clock(tx)
    await tx
      .update(incidents)
      .set({
        commanderId: commander.id,
        commandedSince: now,
        acknowledgedAt: incident.acknowledgedAt ?? now,
        version: sql`${incidents.version} + 1`,
        updatedAt: now,
      })
      .where(eq(incidents.id, incident.id))
    const entry = await addToTimeline(tx, {
      incidentId: incident.id,
      at: now,
      kind: 'handover',
      text: `Command${await fromWhom(tx, incident)} to ${commander.name}: ${note}`,
      personId: acting.actor.personId,
    })
    await audit(tx, acting.actor, {
      action: 'incident.handed_over',
      subject: { kind: 'incident', id: incident.id },
      before: { commander_id: incident.commanderId },
      after: { commander_id: commander.id },
    })
    await queueHandover(tx, incident, commander, entry, now)
    return entry
  })

function refuseNeedless({ status, commanderId }: Incident, toPersonId: string): void {
  if (status === 'resolved')
    throw refuseConflict('illegal_transition', 'A resolved incident needs no commander; reopen it first.')
  if (commanderId === toPersonId)
    throw refuseField('to_person_id', 'commands_already', 'This person commands already; choose somebody else.')
}

async function whoMayCommand(tx: Transaction, id: string) {
  const person = await personById(tx, id)
  if (!person?.active) throw refuseField('to_person_id', 'unknown', `There is no active person ${id}.`)
  if (!mayCommand(person.role))
    throw refuseField('to_person_id', 'may_not_command', `${person.name} may not command: it takes the role commander.`)
  return person
}

async function fromWhom(tx: Transaction, { commanderId }: Incident): Promise<string> {
  const name = (await namesOfPeople(tx, [commanderId])).get(commanderId ?? '')
  return name ? ` from ${name}` : ''
}
