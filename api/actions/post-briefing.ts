import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { tellPeopleOfBriefing } from '../../db/queries/briefing-announcements.ts'
import { lockBriefingClock, moveBriefingClock } from '../../db/queries/briefing-clocks.ts'
import { type Briefing, latestBriefing } from '../../db/queries/briefings.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { type Incident, incidentById } from '../../db/queries/incidents.ts'
import { addToTimeline } from '../../db/queries/timeline.ts'
import { wake } from '../../db/queries/wake.ts'
import { briefingRecipients, briefings, decisions } from '../../db/schema.ts'
import { wordsOfBriefing } from '../domain/briefing.ts'
import { briefingAfterBriefing } from '../domain/briefing-cadence.ts'
import { plus } from '../domain/duration.ts'
import { BRIEFING_LINK_LIFE, expiryOfBriefing } from '../domain/freshness.ts'
import { Refusal, refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { clockOfDeclaration, owed } from './briefing-clock.ts'
import { type PostBriefing, type SaidInBriefing, saidIn } from './briefing-fields.ts'
import { type BriefedPerson, reachOfBriefing } from './briefing-reach.ts'

/**
 * Briefs the executives: the statement, the decision it asks for, the next briefing it promises and the messages to those
 * whom the rules name, in one transaction. It waits for no public update and holds none up: it locks the clock of the
 * briefings alone (standards C25). `updateId` is the public update that one submit carried beside it.
 */
export const postBriefing = (
  acting: Acting,
  incidentId: string,
  input: PostBriefing,
  updateId: string | null = null,
): Promise<Briefing> =>
  acting.db.transaction(async (tx) => {
    const said = saidIn(input)
    const incident = await incidentById(tx, incidentId)
    if (!incident) throw refuseMissing('incident')
    const policy = await currentPolicy(tx)
    const clock = await lockBriefingClock(tx, clockOfDeclaration(policy, incident))
    const before = await latestBriefing(tx, incidentId)
    refuseAfterTheLast(incident, before)
    const now = await acting.clock(tx)
    const next = briefingAfterBriefing(policy, incident, now, input.next_briefing_in ?? null)
    if ('refused' in next) throw new Refusal('invalid', next.refused.message, [next.refused])
    const people = await reachOf(tx, incident, said, now)
    const dueAt = next.dueAt
    const briefing = await write(tx, acting, incident, said, { seq: (before?.seq ?? 0) + 1, now, dueAt, updateId })
    await send(tx, briefing, people, now)
    // How it stands is what was told here: a change since then is an occasion of its own, which the watch will notice.
    await moveBriefingClock(tx, incidentId, {
      deadlineSeq: clock.deadlineSeq + 1,
      ...owed(policy, incident, { since: now, dueAt }),
    })
    await record(tx, acting, briefing, people)
    await wake(tx, 'cadence')
    return briefing
  })

/** Its end is told once; whatever comes after that belongs into the review, or the incident is open again. */
function refuseAfterTheLast(incident: Incident, before: Briefing | null): void {
  if (incident.status === 'resolved' && before?.status === 'resolved' && before.publishedAt >= incident.resolvedAt!)
    throw refuseConflict(
      'already_resolved',
      'The incident is resolved and the executives were told so; reopen it to brief them again.',
    )
}

async function reachOf(
  tx: Transaction,
  incident: Incident,
  { decision }: SaidInBriefing,
  now: Date,
): Promise<BriefedPerson[]> {
  if (decision && decision.dueAt <= now)
    throw refuseField('decision_needed.by', 'in_the_past', 'Ask for the decision by a time that lies ahead.')
  const people = await reachOfBriefing(tx, incident, decision?.personId ?? null)
  if (decision && !people.some((person) => person.id === decision.personId))
    throw refuseField('decision_needed.by_person_id', 'unknown', 'There is no active person with this id.')
  return people
}

async function write(
  tx: Transaction,
  { actor }: Acting,
  { id: incidentId, severity, status }: Incident,
  { decision, ...said }: SaidInBriefing,
  { seq, now, dueAt, updateId }: { seq: number; now: Date; dueAt: Date | null; updateId: string | null },
): Promise<Briefing> {
  const [briefing] = await tx
    .insert(briefings)
    .values({
      ...said,
      id: newId(),
      incidentId,
      seq,
      severity,
      status,
      wordCount: wordsOfBriefing(said),
      authorId: actor.personId,
      authorKeyId: actor.kind === 'key' ? actor.id : null,
      publishedAt: now,
      nextBriefingDueAt: dueAt,
      updateId,
    })
    .returning()
  if (decision)
    await tx.insert(decisions).values({ ...decision, briefingId: briefing!.id, nextReminderAt: decision.dueAt })
  return briefing!
}

async function send(tx: Transaction, briefing: Briefing, people: readonly BriefedPerson[], now: Date): Promise<void> {
  if (people.length === 0) return
  const linkExpiresAt = plus(now, BRIEFING_LINK_LIFE)
  await tx.insert(briefingRecipients).values(
    people.map(({ id: personId, channels }) => ({
      id: newId(),
      briefingId: briefing.id,
      personId,
      channels,
      linkExpiresAt,
    })),
  )
  const { incidentId, severity } = briefing
  const expiresAt = expiryOfBriefing(briefing.nextBriefingDueAt, now)
  const told = {
    kind: 'briefing',
    lane: 'executive',
    incidentId,
    briefingId: briefing.id,
    severity,
    expiresAt,
  } as const
  await tellPeopleOfBriefing(tx, told, people, now)
}

async function record(
  tx: Transaction,
  { actor }: Acting,
  briefing: Briefing,
  people: readonly BriefedPerson[],
): Promise<void> {
  const { id, incidentId, seq, publishedAt, nextBriefingDueAt: dueAt } = briefing
  const next = dueAt ? `, next by ${dueAt.toISOString().slice(11, 16)} UTC` : ''
  const reach =
    people.length === 1 ? '1 person' : people.length === 0 ? 'nobody: no rule matches' : `${people.length} people`
  await addToTimeline(tx, {
    incidentId,
    at: publishedAt,
    kind: 'auto',
    text: `Briefing ${seq} to ${reach}${next}.`,
    personId: actor.personId,
  })
  await audit(tx, actor, {
    action: 'briefing.published',
    subject: { kind: 'briefing', id },
    after: { incident_id: incidentId, seq, recipients: people.map((person) => person.id) },
  })
}
