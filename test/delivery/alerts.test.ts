import { eq, inArray } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { markLate } from '../../api/actions/mark-late.ts'
import { fanOutStep } from '../../api/delivery/fan-out.ts'
import { readMail } from '../../api/delivery/read-mailbox.ts'
import { defaultPolicy } from '../../api/domain/cadence.ts'
import { sizeOf } from '../../api/domain/sms.ts'
import { newId } from '../../db/ids.ts'
import { queueAlerts } from '../../db/queries/announcements.ts'
import {
  alerts,
  announcements,
  cadencePolicies,
  deliveries,
  incidents,
  people,
  siteChanges,
  siteRevision,
} from '../../db/schema.ts'
import { somePerson, URLS } from '../support/acting.ts'
import { delivering } from '../support/delivering.ts'
import { holding, untilWaiting } from '../support/lock-waits.ts'

const world = await delivering()
const { db, clock } = world

describe('an alert', () => {
  const alertAt = async (rung: string, incidentId: string) => {
    const now = await clock(db)
    const [incident] = await db.select().from(incidents).where(eq(incidents.id, incidentId))
    const alert = {
      id: newId(),
      incidentId,
      audience: 'public' as const,
      rung,
      dueAt: now,
      firedAt: now,
      state: 'alerted' as const,
    }
    await db.insert(alerts).values({ ...alert, deadlineSeq: incident!.deadlineSeq })
    await db.transaction((tx) => queueAlerts(tx, [{ ...alert, severity: incident!.severity }], now))
    await world.fanOut()
    const rows = await db.select().from(deliveries).where(eq(deliveries.incidentId, incidentId))
    const told = rows.filter((row) => row.personId)
    return { alert, told, names: await namesOf(told.map((row) => row.personId!)) }
  }
  const namesOf = async (ids: string[]) =>
    ids.length === 0
      ? []
      : (await db.select().from(people).where(inArray(people.id, ids))).map((person) => person.name).sort()

  it('reaches who commands and speaks at the moment it is told, by mail and SMS, in the lane of staff', async () => {
    const commander = await somePerson(db, 'commander', 'Casey')
    const lead = await somePerson(db, 'responder', 'Lee', { phone: null })
    await somePerson(db, 'admin', 'Ada')
    const incident = await world.declare({ commander_id: commander.id, roles: { comms_lead: lead.id } })
    const { told, names } = await alertAt('due', incident.id)
    expect(names).toEqual(['Casey', 'Lee'])
    expect(told.map((row) => `${row.channel} ${row.lane} ${row.audience}`).sort()).toEqual([
      'email staff internal',
      'email staff internal',
      'sms staff internal',
    ])
  })

  it('that reaches nobody goes to the fallback: all admins when the cadence names none', async () => {
    const incident = await world.declare()
    expect((await alertAt('due', incident.id)).names).toEqual(['Ada'])
    const chosen = await somePerson(db, 'responder', 'Fay')
    await db
      .insert(cadencePolicies)
      .values({ version: 2, policy: { ...defaultPolicy(), version: 2, fallback: [chosen.id] } })
    const other = await world.declare()
    expect((await alertAt('due', other.id)).names).toEqual(['Fay'])
  })

  it('to everyone reaches responders, commanders and admins, not viewers, executives or who has left', async () => {
    await somePerson(db, 'viewer', 'Vera')
    await somePerson(db, 'executive', 'Eve')
    await somePerson(db, 'responder', 'Gone', { active: false })
    const incident = await world.declare()
    expect((await alertAt('sponsor', incident.id)).names).toEqual(['Ada', 'Casey', 'Fay', 'Lee'])
  })

  it('that a carrier took lets the late page say so, once', async () => {
    await db.update(deliveries).set({ state: 'expired' }).where(eq(deliveries.state, 'queued'))
    const incident = await world.declare()
    const { deadlineSeq } = incident
    await db.update(incidents).set({ lateSeq: deadlineSeq }).where(eq(incidents.id, incident.id))
    const changes = async () =>
      (await db.select().from(siteChanges).where(eq(siteChanges.incidentId, incident.id))).length
    const before = await changes()
    const { alert, told } = await alertAt('due', incident.id)
    await world.drain()
    expect(told.length).toBeGreaterThan(1)
    expect((await db.select().from(alerts).where(eq(alerts.id, alert.id)))[0]).toMatchObject({
      acceptedAt: await clock.now(),
    })
    expect(await changes()).toBe(before + 1)
  })

  it('about a promise that has been kept meanwhile is not sent', async () => {
    const incident = await world.declare()
    const { told } = await alertAt('due', incident.id)
    await world.post(incident.id, { body: 'Here we are.' })
    await world.drain()
    const rows = await db
      .select()
      .from(deliveries)
      .where(
        inArray(
          deliveries.id,
          told.map((row) => row.id),
        ),
      )
    expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['superseded']))
  })

  it('goes first, also in the fan-out, and finds a slot that no public mail can take', async () => {
    expect(await fanOutStep(db, ['email'])).toBe(false)
    const order = await db.select().from(announcements).where(eq(announcements.kind, 'alert'))
    expect(order.every((row) => row.priority === 0)).toBe(true)
    expect(world.carrying.carriers.email.slots.staff).toBeGreaterThan(0)
  })

  it('says how late we are, what was said last, who commands, and where to post', async () => {
    const casey = await somePerson(db, 'commander', 'Casey & Co')
    const incident = await world.declare({ title: 'Sign-in <fails>', commander_id: casey.id })
    await clock.advance(16 * 60_000)
    const { told } = await alertAt('due', incident.id)
    await world.drain()
    const [sms, mail] = await Promise.all(
      ['sms', 'email'].map((channel) => readMail(world.folder, told.find((row) => row.channel === channel)!.id)),
    )
    const url = `${URLS.api}/console/incidents/${incident.id}`
    expect(sms!.text).toBe(
      `Sitrep LATE: SEV1 Sign-in <fails>, promised 14:19 UTC, 1 min ago. Commander: Casey & Co. Post an update: ${url}`,
    )
    expect(mail!.summary).toBe('Late: SEV1 Sign-in <fails>')
    expect(mail!.text).toContain('an update was promised for 14:19 UTC, 1 min ago.\nCommander: Casey & Co.')
    expect(mail!.text).toContain('Last said at 14:04 UTC: Some customers cannot sign in.')
    expect(mail!.html).toContain('Sign-in &lt;fails&gt;')
    expect(mail!.html).toContain(url)
    expect(mail!.headers.map((header) => header.name)).not.toContain('List-Unsubscribe')
  })

  it.each([
    ['Sign-in fails', 'Casey', 'Sitrep: SEV1 Sign-in fails, update due'],
    [
      'Sign-in fails '.repeat(14).trim(),
      'Casey',
      'Sitrep: SEV1 Sign-in fails Sign-in fails Sign-in fails Sign-in fails',
    ],
    ['Sign-in fails', '\u6c34\u539f\u4e00\u5e73', 'Sitrep: SEV1 Sign-in fails, update due'],
    [
      '\u0641\u0634\u0644 \u062a\u0633\u062c\u064a\u0644 \u0627\u0644\u062f\u062e\u0648\u0644',
      'Casey',
      'Sitrep: SEV1 \u0641\u0634\u0644',
    ],
  ])('has a code to answer it in two segments, whatever it is about: %s, %s', async (title, name, beginning) => {
    const person = await somePerson(db, 'commander', name, { phoneVerifiedAt: new Date(0) })
    const incident = await world.declare({ title, commander_id: person.id })
    await clock.advance(12 * 60_000)
    const { told } = await alertAt('reminder', incident.id)
    await world.drain()
    const row = told.find((each) => each.channel === 'sms' && each.personId === person.id)!
    const { text } = (await readMail(world.folder, row.id))!
    expect(text.startsWith(beginning)).toBe(true)
    expect(text).toMatch(/Reply [BCDFGHJKMNPQRSTVWXZ]{4} and your text/)
    expect(text.endsWith(` ${URLS.api}/console/incidents/${incident.id}`)).toBe(true)
    expect(sizeOf(text).segments).toBeLessThanOrEqual(2)
  })

  it('that a carrier takes while the page is being marked late lets it say so all the same', async () => {
    const incident = await world.declare()
    await clock.advance(15 * 60_000 + 1)
    await alertAt('due', incident.id)
    const changes = async () =>
      (await db.select().from(siteChanges).where(eq(siteChanges.incidentId, incident.id))).length
    const before = await changes()
    const release = await holding(db, (tx) => tx.select().from(siteRevision).for('update'))
    const marked = markLate(world.acting)
    await untilWaiting(db, 1)
    let carried = false
    const carrying = world.drain().then(() => {
      carried = true
    })
    await untilWaiting(db, 2, () => carried)
    await release()
    await Promise.all([marked, carrying])
    expect(await changes()).toBe(before + 2)
  })
})
