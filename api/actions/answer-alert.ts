import type { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { audit } from '../../db/queries/audit.ts'
import { type Incident, lockIncident, type Update, updatesOf } from '../../db/queries/incidents.ts'
import { closeCode, codeOfPerson, lockCode, type ReplyCode } from '../../db/queries/reply-codes.ts'
import { type AnswerTo, type Came, keepReply, strayTextsSince } from '../../db/queries/staff-replies.ts'
import { hasEndedTexts } from '../../db/queries/staff-texts.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import type { Person } from '../../db/queries/told.ts'
import { durationOf, HOUR, MINUTE, plus } from '../domain/duration.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Asked, type Door, MOST_STRAY, MOST_STRAY_TOLD, type Reply, readReply, STRAY } from '../domain/reply.ts'
import { covers } from '../domain/role.ts'
import { acknowledge } from './acknowledge-incident.ts'
import type { Acting, Actor } from './acting.ts'
import { postUpdate, postUpdateInput } from './post-update.ts'
import { snooze, snoozeInput } from './snooze-alerts.ts'

/** What a member of staff wrote to us, by a door that proved who they are: a signed hook, or a signed mail. */
export interface StaffMessage {
  person: Person
  door: Door
  text: string
  /** The code in the address that it was sent to; null where there is none. */
  addressed: string | null
}

/**
 * Does what a member of staff answers to an alert: their words become the update, they take it, or they snooze it. Whatever
 * comes of it, they are told, by a delivery of its own; what is refused changes nothing and leaves their code as it was.
 * In the caller's transaction, so that a message is heard and acted on together. Answers what came of it; null where it
 * was passed over.
 */
export async function answerAlert(tx: Transaction, acting: Acting, message: StaffMessage): Promise<Came | null> {
  const { person, door } = message
  const now = await acting.clock(tx)
  const stray = await strayTextsSince(tx, person.id, plus(now, -HOUR))
  if (stray >= MOST_STRAY) return null
  const came = await comeOf(tx, acting, message, now)
  const told = !STRAY.includes(came.outcome) || stray < MOST_STRAY_TOLD
  await keepReply(tx, { personId: person.id, door, now }, came, told ? await answerTo(tx, message) : null)
  return came
}

/** The way that it came, unless texts do not get through. */
const answerTo = async (tx: Transaction, { person, door }: StaffMessage): Promise<AnswerTo> =>
  door === 'sms' && person.phone && !(await hasEndedTexts(tx, person.id))
    ? { channel: 'sms', address: person.phone }
    : { channel: 'email', address: person.email }

async function comeOf(tx: Transaction, acting: Acting, message: StaffMessage, now: Date): Promise<Came> {
  const { person, door } = message
  const reply = readReply(message.text, message.addressed)
  if (!covers(person.role, 'responder')) return { outcome: 'may_not' }
  if (door === 'sms' && person.phoneVerifiedAt === null) return { outcome: 'unproven' }
  if (reply.code === null) return { outcome: 'no_code' }
  const found = await codeOfPerson(tx, acting.secrets, person.id, reply.code)
  if (!found) return { outcome: 'code_unknown' }
  // Whoever posts holds the incident first: by the same order nobody waits for each other.
  const incident = (await lockIncident(tx, found.incidentId))!
  const code = await lockCode(tx, found.id)
  return (await hindrance(tx, incident, code, now)) ?? obey(tx, acting, message, { incident, code, reply, now })
}

/** Why a code does nothing any more; null while it is live. */
async function hindrance(tx: Transaction, incident: Incident, code: ReplyCode, now: Date): Promise<Came | null> {
  const incidentId = incident.id
  if (incident.updateSeq !== code.updateSeq) {
    const said = (await updatesOf(tx, incidentId)).find(({ state }) => state === 'published')
    const updateId = said?.id ?? null
    return { outcome: incident.status === 'resolved' ? 'resolved' : 'already_said', incidentId, updateId }
  }
  // Kept open until the next one is given out, it may be out of date before it is closed.
  if (code.expiresAt <= now) return { outcome: 'code_expired', incidentId }
  return code.closedAt === null ? null : { outcome: 'code_used', incidentId }
}

interface Obeying {
  incident: Incident
  code: ReplyCode
  reply: Reply
  now: Date
}

async function obey(tx: Transaction, acting: Acting, message: StaffMessage, obeying: Obeying): Promise<Came> {
  const { incident, code, reply, now } = obeying
  const incidentId = incident.id
  const { asked } = reply
  if (asked.kind === 'empty' || asked.kind === 'unclear') return { outcome: asked.kind, incidentId }
  // What mail programs quote of the alert is internal; where it could not be told from the answer, nothing is published.
  if (asked.kind === 'speak' && asked.body.includes(`${acting.urls.api}/console`))
    return { outcome: 'quoted', incidentId }
  const own: Acting = { ...acting, db: tx, actor: actorOf(message.person) }
  try {
    const came = await done(own, incidentId, asked)
    await closeCode(tx, code.id, now)
    await note(tx, own, message, came, now)
    return came
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { outcome: 'refused', incidentId, detail: error.message }
  }
}

const actorOf = ({ id, name, role }: Person): Actor => ({ kind: 'person', id, personId: id, name, role, ip: null })

/** Refusals are those of any other door. An update leaves the status as it is; its promise is the cadence's. */
async function done(
  acting: Acting,
  incidentId: string,
  asked: Exclude<Asked, { kind: 'empty' | 'unclear' }>,
): Promise<Came & { incidentId: string }> {
  switch (asked.kind) {
    case 'speak': {
      const update = await postUpdate(acting, incidentId, taken(postUpdateInput, { body: asked.body }))
      return { outcome: waitsOr('published', update), incidentId, updateId: update.id }
    }
    case 'same': {
      const update = await postUpdate(acting, incidentId, { no_change: true })
      return { outcome: waitsOr('no_change', update), incidentId, updateId: update.id }
    }
    case 'take':
      return { outcome: 'took', incidentId, until: (await acknowledge(acting, incidentId, {})).until }
    case 'snooze': {
      const input = taken(snoozeInput, { for: durationOf(asked.minutes * MINUTE), reason: asked.reason })
      return { outcome: 'snoozed', incidentId, until: (await snooze(acting, incidentId, input)).until }
    }
  }
}

/** Answers are held for nothing else than a second person's approval. */
const waitsOr = (outcome: 'published' | 'no_change', { state }: Update) =>
  state === 'held' ? 'awaits_approval' : outcome

/** What the door of every other author takes. */
function taken<T>(schema: z.ZodType<T>, value: unknown): T {
  const input = schema.safeParse(value)
  if (!input.success) throw new Refusal('invalid', input.error.issues[0]!.message)
  return input.data
}

const DOOR_WORDS: Record<Door, string> = { sms: 'SMS', email: 'mail' }

/** By which door it was said. */
async function note(
  tx: Transaction,
  { actor }: Acting,
  { door }: StaffMessage,
  came: Came & { incidentId: string },
  at: Date,
): Promise<void> {
  const { incidentId, outcome, updateId } = came
  const text = `Answered an alert by ${DOOR_WORDS[door]}.`
  await addToTimeline(tx, { incidentId, at, kind: 'auto', text, personId: actor.personId })
  const subject = { kind: 'incident', id: incidentId }
  await audit(tx, actor, { action: 'alert.answered', subject, after: { door, outcome, update_id: updateId } })
}
