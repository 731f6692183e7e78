import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { addComponent } from '../../api/actions/add-component.ts'
import { cancelMaintenance } from '../../api/actions/cancel-maintenance.ts'
import { archiveComponent } from '../../api/actions/change-component.ts'
import { changeMaintenance, changeMaintenanceInput } from '../../api/actions/change-maintenance.ts'
import { extendMaintenance } from '../../api/actions/extend-maintenance.ts'
import { planMaintenanceInput } from '../../api/actions/plan-maintenance.ts'
import { postMaintenanceUpdate } from '../../api/actions/post-maintenance-update.ts'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import { componentIdsOf } from '../../db/queries/maintenances.ts'
import { auditLog, maintenances, maintenanceUpdates, organisation } from '../../db/schema.ts'
import { BEGIN, END, maintaining, NOW } from '../support/maintaining.ts'
import { refusedAs } from '../support/refused.ts'

const { db, clock, acting, storage, plan, told, steps, read, shown, changes } = await maintaining()
const start = (id: string) => postMaintenanceUpdate(acting, id, { status: 'in_progress', body: 'We begin.' })
const complete = (id: string) => postMaintenanceUpdate(acting, id, { status: 'completed', body: 'Done.' })
const patch = (id: string, input: object, version: number | null = null) =>
  changeMaintenance(acting, id, changeMaintenanceInput.parse(input), version)
const faultsOf = (input: object) =>
  planMaintenanceInput
    .safeParse({
      title: 'x',
      body: 'y',
      scheduled_for: BEGIN.toISOString(),
      scheduled_until: END.toISOString(),
      ...input,
    })
    .error?.issues.map((issue) => issue.path.join('.')) ?? []

describe('planning', () => {
  it('announces the work, shows it, and tells the clock when to remind', async () => {
    const { id } = await plan()
    const row = await read(id)
    expect(row).toMatchObject({
      status: 'scheduled',
      subjectTitle: 'Storage upgrade',
      timeZone: 'Etc/UTC',
      reminders: ['-PT24H', '-PT1H'],
      autoStart: true,
      autoComplete: true,
      notify: true,
      nextStepAt: plus(BEGIN, -DAY),
      sequence: 0,
      seriesId: null,
    })
    expect(await steps(id)).toEqual(['planned !'])
    expect(await changes(id)).toEqual([{ movedComponents: false, at: NOW }])
    expect(await shown()).toBe('operational')
    const [audited] = await db.select().from(auditLog).where(eq(auditLog.subjectId, id))
    expect(audited).toMatchObject({ action: 'maintenance.planned', actorName: 'tests' })
  })

  it('takes the zone of the organisation unless it is given one', async () => {
    await db.update(organisation).set({ timeZone: 'Europe/Berlin' })
    expect((await plan()).timeZone).toBe('Europe/Berlin')
    expect((await plan({ time_zone: 'Asia/Tokyo' })).timeZone).toBe('Asia/Tokyo')
    await db.update(organisation).set({ timeZone: 'Etc/UTC' })
  })

  it('gives no reminder whose time has passed', async () => {
    const { nextStepAt } = await plan({ scheduled_for: plus(NOW, 30 * MINUTE).toISOString() })
    expect(nextStepAt).toEqual(plus(NOW, 30 * MINUTE))
  })

  it('leaves the announcement of work that is under way to its beginning', async () => {
    const { id, nextStepAt } = await plan({ scheduled_for: plus(NOW, -HOUR).toISOString() })
    expect(nextStepAt).toEqual(plus(NOW, -HOUR))
    expect(await steps(id)).toEqual(['planned'])
  })

  it('says nothing to anybody when it is told to', async () => {
    expect(await steps((await plan({ notify: false })).id)).toEqual(['planned'])
  })

  it('refuses a window that is not one, and leaves nothing behind', async () => {
    const before = await db.$count(maintenances)
    const window = (from: Date, until: Date) =>
      plan({ scheduled_for: from.toISOString(), scheduled_until: until.toISOString() })
    expect(await refusedAs(window(BEGIN, BEGIN))).toEqual(['invalid', 'scheduled_until order'])
    expect(await refusedAs(window(plus(NOW, -2 * HOUR), plus(NOW, -HOUR)))).toEqual([
      'invalid',
      'scheduled_until in_the_past',
    ])
    expect(await refusedAs(plan({ rrule: 'FREQ=HOURLY' }))).toEqual(['invalid', 'rrule invalid'])
    expect(await db.$count(maintenances)).toBe(before)
  })

  it('refuses unknown, archived and repeated components by their place', async () => {
    const gone = await addComponent(acting, { name: 'Gone' })
    await archiveComponent(acting, gone.id)
    expect(await refusedAs(plan({ components: [storage, gone.id, 'aaaaaaaaaaaa', storage] }))).toEqual([
      'invalid',
      'components.1 unknown',
      'components.2 unknown',
      'components.3 duplicate',
    ])
    expect(await componentIdsOf(db, (await plan({ components: [] })).id)).toEqual([])
  })

  it.each([
    [{ title: 'two\nlines' }, 'title'],
    [{ title: 'x'.repeat(121) }, 'title'],
    [{ body: '' }, 'body'],
    [{ scheduled_for: 'tomorrow' }, 'scheduled_for'],
    [{ reminders: ['PT1H'] }, 'reminders.0'],
    [{ reminders: ['-PT1H', '-PT1M'] }, 'reminders.1'],
    [{ reminders: ['-P31D'] }, 'reminders.0'],
    [{ reminders: ['soon'] }, 'reminders.0'],
    [{ reminders: Array(6).fill('-PT1H') }, 'reminders'],
    [{ time_zone: 'Mars/Olympus' }, 'time_zone'],
    [{ components: ['Storage'] }, 'components.0'],
    [{ status: 'in_progress' }, ''],
  ])('refuses %j', (input, field) => {
    expect(faultsOf(input)).toEqual([field])
  })

  it.each([{ reminders: [] }, { reminders: ['-PT5M', '-P30D'] }, { rrule: null }, { time_zone: 'Etc/UTC' }])(
    'takes %j',
    (input) => {
      expect(faultsOf(input)).toEqual([])
    },
  )
})

describe('changing', () => {
  it('tells a new window once, in our words, with new reminders; calendars take it over', async () => {
    const { id } = await plan()
    const later = { scheduled_for: plus(BEGIN, DAY).toISOString(), scheduled_until: plus(END, DAY).toISOString() }
    const after = await patch(id, later)
    expect(after).toMatchObject({ scheduledFor: plus(BEGIN, DAY), nextStepAt: BEGIN, sequence: 1 })
    expect(await steps(id)).toEqual(['planned !', 'moved !'])
    expect((await told(id))[1]!.body).toBe(
      'This maintenance has moved. It is now planned for Mon 16 Nov 2026, 14:00 to 16:00 UTC.',
    )
    await patch(id, later)
    expect(await steps(id)).toEqual(['planned !', 'moved !'])
  })

  it('shows other changes without a word, and raises the number of calendars only for what they show', async () => {
    const { id } = await plan()
    const sequences = []
    for (const input of [{ title: 'Disks' }, { body: 'New words.' }, { components: [] }, { reminders: [] }, {}])
      sequences.push((await patch(id, input)).sequence)
    expect(sequences).toEqual([1, 2, 3, 3, 3])
    expect(await steps(id)).toEqual(['planned !'])
    expect(await read(id)).toMatchObject({ title: 'Disks', subjectTitle: 'Storage upgrade', nextStepAt: BEGIN })
    expect(await changes(id)).toHaveLength(6)
  })

  it('moves what is shown when work under way concerns other components', async () => {
    const api = await addComponent(acting, { name: 'API' })
    const { id } = await plan({ components: [api.id] })
    await start(id)
    await patch(id, { components: [storage] })
    expect(await shown()).toBe('under_maintenance')
    expect((await changes(id)).at(-1)).toMatchObject({ movedComponents: true })
    await archiveComponent(acting, api.id)
    await complete(id)
  })

  it('refuses who looked at something older, and what has begun or ended', async () => {
    const { id, version } = await plan()
    await patch(id, { title: 'Disks' }, version)
    expect(await refusedAs(patch(id, { title: 'Again' }, version))).toEqual(['stale'])
    expect(await refusedAs(patch('aaaaaaaaaaaa', {}))).toEqual(['not_found'])
    expect(await refusedAs(patch(id, { scheduled_until: BEGIN.toISOString() }))).toEqual([
      'invalid',
      'scheduled_until order',
    ])
    await start(id)
    const move = { scheduled_until: plus(END, HOUR).toISOString() }
    expect(await refusedAs(patch(id, move))).toEqual(['conflict', 'scheduled_until illegal_transition'])
    await complete(id)
    expect(await refusedAs(patch(id, { title: 'Late' }))).toEqual(['conflict', ' illegal_transition'])
  })
})

describe('words and steps by hand', () => {
  it('start, verify and complete the work, each told', async () => {
    const { id } = await plan({ auto_start: false, auto_complete: false, reminders: [] })
    expect((await read(id)).nextStepAt).toBeNull()
    await postMaintenanceUpdate(acting, id, { body: 'All is ready.' })
    await start(id)
    expect(await shown()).toBe('under_maintenance')
    expect(await read(id)).toMatchObject({ status: 'in_progress', startedAt: NOW, endedAt: null })
    await postMaintenanceUpdate(acting, id, { status: 'verifying', body: 'We look at it.' })
    expect(await shown()).toBe('under_maintenance')
    await postMaintenanceUpdate(acting, id, { status: 'in_progress', body: 'One disk more.', notify: false })
    await complete(id)
    expect(await shown()).toBe('operational')
    expect(await read(id)).toMatchObject({ status: 'completed', startedAt: NOW, endedAt: NOW })
    expect(await steps(id)).toEqual(['planned !', 'note !', 'started !', 'verifying !', 'note', 'completed !'])
  })

  it('do not skip the beginning, and end nothing twice', async () => {
    const { id } = await plan()
    const step = (status: 'verifying' | 'completed') => postMaintenanceUpdate(acting, id, { status, body: 'x' })
    expect(await refusedAs(step('completed'))).toEqual(['conflict', 'status illegal_transition'])
    expect(await refusedAs(step('verifying'))).toEqual(['conflict', 'status illegal_transition'])
    await start(id)
    await complete(id)
    expect(await refusedAs(complete(id))).toEqual(['conflict', ' illegal_transition'])
    expect(await steps(id)).toEqual(['planned !', 'started !', 'completed !'])
  })

  it('do not start what would end at once', async () => {
    const { id } = await plan({ auto_start: false })
    await clock.set(plus(END, HOUR))
    expect(await refusedAs(start(id))).toEqual(['conflict', 'status illegal_transition'])
    await extendMaintenance(acting, id, { scheduled_until: plus(END, DAY), body: 'Now, then.' })
    await start(id)
    await complete(id)
    await clock.set(NOW)
  })
})

describe('extending', () => {
  it('puts the end off, and says why', async () => {
    const { id } = await plan()
    await start(id)
    const after = await extendMaintenance(acting, id, { scheduled_until: plus(END, HOUR), body: 'A disk is slow.' })
    expect(after).toMatchObject({ scheduledUntil: plus(END, HOUR), nextStepAt: plus(END, HOUR), sequence: 1 })
    expect((await told(id)).at(-1)).toMatchObject({
      step: 'extended',
      body: 'A disk is slow.',
      scheduledUntil: plus(END, HOUR),
    })
    const shorter = extendMaintenance(acting, id, { scheduled_until: END, body: 'Shorter.' })
    expect(await refusedAs(shorter)).toEqual(['invalid', 'scheduled_until not_later'])
    await complete(id)
  })
})

describe('cancelling', () => {
  it.each(['planned', 'under way'])('calls off what is %s, for good', async (state) => {
    const { id } = await plan()
    if (state === 'under way') await start(id)
    await cancelMaintenance(acting, id, { body: 'Not today.' })
    expect(await read(id)).toMatchObject({ status: 'cancelled', endedAt: NOW, nextStepAt: null, sequence: 1 })
    expect((await steps(id)).at(-1)).toBe('cancelled !')
    expect(await shown()).toBe('operational')
    expect(await refusedAs(cancelMaintenance(acting, id, { body: 'Again.' }))).toEqual([
      'conflict',
      ' illegal_transition',
    ])
  })

  it('of a whole series is for what recurs', async () => {
    const { id } = await plan()
    const whole = { body: 'Never again.', whole_series: true }
    expect(await refusedAs(cancelMaintenance(acting, id, whole))).toEqual(['invalid', 'whole_series no_series'])
    expect(await refusedAs(cancelMaintenance(acting, 'aaaaaaaaaaaa', whole))).toEqual(['not_found'])
  })
})

describe('what was told', () => {
  it('cannot be changed, not even by a mistake of ours', async () => {
    const { id } = await plan()
    const rewrite = db.update(maintenanceUpdates).set({ body: 'x' }).where(eq(maintenanceUpdates.maintenanceId, id))
    await expect(rewrite).rejects.toThrow()
  })
})

describe('a component under maintenance', () => {
  it('stays on the page until the work is over', async () => {
    const mail = await addComponent(acting, { name: 'Mail' })
    const { id } = await plan({ components: [mail.id] })
    await start(id)
    expect(await refusedAs(archiveComponent(acting, mail.id))).toEqual(['conflict', ' in_use'])
    await complete(id)
    await archiveComponent(acting, mail.id)
  })
})
