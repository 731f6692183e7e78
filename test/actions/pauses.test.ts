import { and, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { acknowledge } from '../../api/actions/acknowledge-incident.ts'
import { alertSilence } from '../../api/actions/alert-silence.ts'
import { changeCadence } from '../../api/actions/change-cadence.ts'
import { changeIncident } from '../../api/actions/change-incident.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { postUpdate } from '../../api/actions/post-update.ts'
import { reopenIncident } from '../../api/actions/reopen-incident.ts'
import { snooze } from '../../api/actions/snooze-alerts.ts'
import { MINUTE, plus } from '../../api/domain/duration.ts'
import { phaseOf } from '../../api/domain/lifecycle.ts'
import { Refusal } from '../../api/domain/refusal.ts'
import { alertsOf } from '../../db/queries/alerts.ts'
import { currentPolicy } from '../../db/queries/cadence.ts'
import { incidentById, timelineOf } from '../../db/queries/incidents.ts'
import { announcements, auditLog, ladderPauses } from '../../db/schema.ts'
import { actingAs, actorFor, somePerson } from '../support/acting.ts'
import { testDatabase } from '../support/database.ts'

const { db, clock } = await testDatabase()
const nobody = actingAs(db, clock)
const ada = await somePerson(db, 'commander', 'Ada')
const cleo = await somePerson(db, 'responder', 'Cleo')
const dan = await somePerson(db, 'responder', 'Dan')
const bea = await somePerson(db, 'admin', 'Bea')
const as = (person: typeof ada) => actingAs(db, clock, actorFor(person))
const start = new Date('2026-11-12T14:00:00.000Z')

let id: string
beforeEach(async () => {
  await clock.set(start)
  const words = { title: 'Sign-in fails', severity: 'SEV1', body: 'We look into it.' } as const
  ;({ id } = await openIncident(nobody, { ...words, commander_id: ada.id, roles: { comms_lead: cleo.id } }))
})

/** The SEV1 spoke at 14:00, promised 14:15; its rungs are due at 14:11:15, 14:15, 14:19:57 and 14:30. */
const at = (minute: number) => clock.set(plus(start, minute * MINUTE))
const heard = () => db.$count(announcements, and(eq(announcements.kind, 'alert'), eq(announcements.incidentId, id)))
/** Looks for silence; answers how many alerts went out about this incident. */
const sweep = async () => {
  const before = await heard()
  await alertSilence(nobody)
  return (await heard()) - before
}
const rungs = async () => {
  const rows = await alertsOf(db, id)
  return Object.fromEntries(rows.toReversed().map(({ rung, state }) => [rung, state]))
}
const lastLine = async () => (await timelineOf(db, id))[0]!
const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Refusal)
  const { kind, errors } = error as Refusal
  return [kind, ...errors.map(({ field, code }) => `${field} ${code}`)].join(': ')
}

describe('taking an incident', () => {
  it('moves it to triage the first time, and never moves the promise', async () => {
    const { id: unled } = await openIncident(nobody, { title: 'Nobody has it', severity: 'SEV2' })
    const before = (await incidentById(db, unled))!
    expect(phaseOf(before)).toBe('detect')
    await at(2)
    await acknowledge(as(dan), unled, { for: 10 * MINUTE })
    const taken = (await incidentById(db, unled))!
    expect(phaseOf(taken)).toBe('triage')
    expect(taken).toMatchObject({ acknowledgedAt: plus(start, 2 * MINUTE), version: before.version + 1 })
    await at(4)
    await acknowledge(as(bea), unled, {})
    const { nextUpdateDueAt, lastSpokeAt, deadlineSeq } = before
    expect(await incidentById(db, unled)).toMatchObject({ ...taken, nextUpdateDueAt, lastSpokeAt, deadlineSeq })
  })

  it('answers who has it and until when, and says so on the timeline and in the audit', async () => {
    await at(1)
    const pause = await acknowledge(as(dan), id, { for: 10 * MINUTE })
    expect(pause).toMatchObject({ personId: dan.id, until: plus(start, 11 * MINUTE), kind: 'acknowledged' })
    expect(await lastLine()).toMatchObject({
      text: 'Acknowledged: alerts are held until 14:11 UTC.',
      personId: dan.id,
      kind: 'auto',
    })
    const [entry] = await db.select().from(auditLog).where(eq(auditLog.subjectId, id)).orderBy(auditLog.id).offset(1)
    expect(entry).toMatchObject({ action: 'incident.acknowledged', actorId: dan.id })
  })

  it('holds as long as the cadence allows where nothing else is asked, and no longer', async () => {
    expect((await acknowledge(as(dan), id, {})).until).toEqual(plus(start, 15 * MINUTE))
    expect(await refusal(acknowledge(as(dan), id, { for: 15 * MINUTE + 1000 }))).toBe(
      'invalid: for acknowledgement_exceeded',
    )
  })

  it('is over with the incident', async () => {
    await postUpdate(nobody, id, { status: 'resolved', body: 'Over.' })
    expect(await refusal(acknowledge(as(dan), id, {}))).toBe('conflict:  illegal_transition')
    expect(await refusal(acknowledge(as(dan), 'n0such000000', {}))).toBe('not_found')
  })
})

describe('snoozing', () => {
  const input = { for: 10 * MINUTE, reason: 'On the phone with the provider' }

  it('is for the commander, the comms lead and admins, and for nobody else', async () => {
    for (const person of [ada, cleo, bea]) expect((await snooze(as(person), id, input)).personId).toBe(person.id)
    expect(await refusal(snooze(as(dan), id, input))).toBe('forbidden')
    await changeIncident(nobody, id, { roles: { comms_lead: dan.id } })
    expect((await snooze(as(dan), id, input)).personId).toBe(dan.id)
    expect(await refusal(snooze(as(cleo), id, input))).toBe('forbidden')
  })

  it('is told on the timeline with its reason', async () => {
    await at(1)
    await snooze(as(ada), id, input)
    expect(await lastLine()).toMatchObject({
      text: 'Alerts snoozed until 14:11 UTC: On the phone with the provider',
      personId: ada.id,
    })
  })

  it('lasts no longer than the terms of the present promise allow, and changes nothing when it is refused', async () => {
    const policy = await currentPolicy(db)
    await changeCadence(nobody, { ...policy, SEV1: { ...policy.SEV1, max_snooze: 'PT5M' } })
    expect((await snooze(as(ada), id, { ...input, for: 15 * MINUTE })).until).toEqual(plus(start, 15 * MINUTE))
    await postUpdate(nobody, id, { body: 'From now on the new terms hold.' })
    const before = { lines: await timelineOf(db, id), pauses: await db.$count(ladderPauses) }
    expect(await refusal(snooze(as(ada), id, input))).toBe('invalid: for snooze_exceeded')
    expect({ lines: await timelineOf(db, id), pauses: await db.$count(ladderPauses) }).toEqual(before)
    await changeCadence(nobody, { ...policy, version: policy.version + 1 })
  })

  it('has nothing to quieten where nothing is promised', async () => {
    const { id: calm } = await openIncident(nobody, { title: 'Slow charts', severity: 'SEV4', body: 'Slow.' })
    expect(await refusal(snooze(as(bea), calm, input))).toBe('conflict:  nothing_promised')
    expect((await acknowledge(as(bea), calm, {})).personId).toBe(bea.id)
  })
})

describe('while the ladder stands still', () => {
  it('rungs are decided without alerting anybody, and the latest goes out late when the silence outlasts it', async () => {
    await at(10)
    await acknowledge(as(ada), id, { for: 12 * MINUTE })
    await at(11.5)
    expect(await sweep()).toBe(0)
    await at(15)
    expect(await sweep()).toBe(0)
    await at(20)
    expect(await sweep()).toBe(0)
    expect(await rungs()).toEqual({ reminder: 'acknowledged', due: 'acknowledged', deputy: 'acknowledged' })
    expect((await lastLine()).text).toBe('Silence ladder: deputy (deputy, fallback), held back: acknowledged.')
    await at(22)
    expect(await sweep()).toBe(1)
    expect(await sweep()).toBe(0)
    expect(await rungs()).toEqual({ reminder: 'acknowledged', due: 'acknowledged', deputy: 'alerted' })
    const [latest] = await alertsOf(db, id)
    expect(latest).toMatchObject({ rung: 'deputy', firedAt: plus(start, 22 * MINUTE) })
    await at(30)
    expect(await sweep()).toBe(1)
    expect(await rungs()).toMatchObject({ sponsor: 'alerted' })
  })

  it('a snooze calls them snoozed, and whoever says so again holds them on', async () => {
    await at(14)
    await snooze(as(ada), id, { for: 5 * MINUTE, reason: 'We type.' })
    await at(15)
    await sweep()
    expect(await rungs()).toEqual({ due: 'snoozed' })
    await at(18)
    await snooze(as(ada), id, { for: 10 * MINUTE, reason: 'We still type.' })
    await at(19)
    expect(await sweep()).toBe(0)
    await at(28)
    expect(await sweep()).toBe(1)
    expect(await rungs()).toEqual({ due: 'snoozed', deputy: 'alerted' })
  })

  it.each([
    ['an update', () => postUpdate(nobody, id, { body: 'We found it.' })],
    [
      'a resolution that is reopened',
      async () => {
        await postUpdate(nobody, id, { status: 'resolved', body: 'Over.' })
        await reopenIncident(nobody, id, { body: 'It is back.' })
      },
    ],
  ])('%s ends that: the new promise is watched from its first rung', async (_, speak) => {
    await at(14)
    await acknowledge(as(ada), id, { for: 15 * MINUTE })
    await at(15)
    await sweep()
    await speak()
    await at(15 + 11.25)
    expect(await sweep()).toBe(1)
    expect((await alertsOf(db, id)).map(({ rung, state }) => `${rung} ${state}`)).toEqual([
      'reminder alerted',
      'due acknowledged',
    ])
  })

  it('a raised severity ends it as well, a lowered one does not', async () => {
    await changeIncident(nobody, id, { severity: 'SEV2', severity_reason: 'Less than it seemed.' })
    await at(14)
    await acknowledge(as(ada), id, {})
    await changeIncident(nobody, id, { severity: 'SEV3', severity_reason: 'Even less.' })
    await at(15)
    expect(await sweep()).toBe(0)
    await changeIncident(nobody, id, { severity: 'SEV1', severity_reason: 'More after all.' })
    expect(await sweep()).toBe(1)
    expect((await alertsOf(db, id)).map(({ rung, state }) => `${rung} ${state}`).toSorted()).toEqual([
      'due acknowledged',
      'due alerted',
    ])
  })

  it('after downtime only the present stage is told, whatever was to be held meanwhile', async () => {
    await at(14)
    await snooze(as(ada), id, { for: 15 * MINUTE, reason: 'We type.' })
    await at(90)
    expect(await sweep()).toBe(1)
    expect(await rungs()).toEqual({ sponsor: 'alerted' })
  })
})
