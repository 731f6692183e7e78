import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, plus } from '../../api/domain/duration.ts'
import {
  dueSteps,
  isOver,
  MAINTENANCE_STATUSES,
  type MaintenanceStatus,
  mayMove,
  nextStep,
  type Scheduled,
} from '../../api/domain/maintenance.ts'

const start = new Date('2026-11-17T02:00:00.000Z')
const end = plus(start, 2 * HOUR)
const planned: Scheduled = {
  status: 'scheduled',
  scheduledFor: start,
  scheduledUntil: end,
  reminders: ['-PT1H', '-PT24H'],
  autoStart: true,
  autoComplete: true,
}
const running: Scheduled = { ...planned, status: 'in_progress' }

describe('the life of a maintenance', () => {
  const allowed: Record<MaintenanceStatus, MaintenanceStatus[]> = {
    scheduled: ['in_progress', 'cancelled'],
    in_progress: ['verifying', 'completed', 'cancelled'],
    verifying: ['in_progress', 'completed', 'cancelled'],
    completed: [],
    cancelled: [],
  }

  it.each(MAINTENANCE_STATUSES)('lets one that is %s go where the drawing says and nowhere else', (from) => {
    expect(MAINTENANCE_STATUSES.filter((to) => mayMove(from, to)).toSorted()).toEqual(allowed[from].toSorted())
  })
})

describe('the next thing the clock has to do', () => {
  it.each([
    ['two days before', planned, -2 * DAY, 'reminder -PT24H', -DAY],
    ['at the first reminder', planned, -DAY, 'reminder -PT1H', -HOUR],
    ['ten hours before', planned, -10 * HOUR, 'reminder -PT1H', -HOUR],
    ['after the last reminder', planned, -30 * MINUTE, 'started', 0],
    ['long after a start that was missed', planned, 5 * HOUR, 'started', 0],
    ['while work is under way', running, HOUR, 'completed', 2 * HOUR],
    ['while it is verified', { ...running, status: 'verifying' }, HOUR, 'completed', 2 * HOUR],
    ['long after an end that was missed', running, 9 * HOUR, 'completed', 2 * HOUR],
    [
      'when it is started by hand and a reminder is ahead',
      { ...planned, autoStart: false },
      -DAY,
      'reminder -PT1H',
      -HOUR,
    ],
  ] as [string, Scheduled, number, string, number][])('%s is this', (_, maintenance, now, step, at) => {
    const next = nextStep(maintenance, plus(start, now))!
    expect([next.step, ...('reminder' in next ? [next.reminder] : [])].join(' ')).toBe(step)
    expect(next.at).toEqual(plus(start, at))
  })

  it.each([
    ['is completed', { ...planned, status: 'completed' }, HOUR],
    ['is cancelled', { ...planned, status: 'cancelled' }, -DAY],
    ['waits to be started by hand', { ...planned, autoStart: false }, -30 * MINUTE],
    ['waits to be ended by hand', { ...running, autoComplete: false }, HOUR],
  ] as [string, Scheduled, number][])('is nothing when it %s', (_, maintenance, now) => {
    expect(nextStep(maintenance, plus(start, now))).toBeNull()
  })
})

describe('what the clock does when it wakes', () => {
  const words = (maintenance: Scheduled, dueAt: number, now: number) =>
    dueSteps(maintenance, plus(start, dueAt), plus(start, now)).map((each) =>
      each.step === 'reminder' ? each.reminder : each.step,
    )

  it.each([
    ['in time for the first reminder', planned, -DAY, -DAY, ['-PT24H']],
    ['hours late for the first reminder', planned, -DAY, -3 * HOUR, ['-PT24H']],
    ['having slept over both reminders', planned, -DAY, -10 * MINUTE, ['-PT1H']],
    ['at the very start, having slept over a reminder', planned, -HOUR, 0, ['started']],
    ['having slept over reminder and start', planned, -HOUR, HOUR, ['started']],
    ['having slept over start and end', planned, 0, 3 * HOUR, ['started', 'completed']],
    ['having slept over the start of what is ended by hand', { ...planned, autoComplete: false }, 0, DAY, ['started']],
    ['having slept over a reminder of what is started by hand', { ...planned, autoStart: false }, -HOUR, HOUR, []],
    ['in time for the end', running, 2 * HOUR, 2 * HOUR, ['completed']],
    ['for an end that was put off since', { ...running, scheduledUntil: plus(end, HOUR) }, 2 * HOUR, 2 * HOUR, []],
    ['for something that is over', { ...running, status: 'cancelled' }, 2 * HOUR, 2 * HOUR, []],
  ] as [string, Scheduled, number, number, string[]][])('%s', (_, maintenance, dueAt, now, steps) => {
    expect(words(maintenance, dueAt, now)).toEqual(steps)
  })

  it('comes to an end, tells each reminder once and never one of the past, whenever it wakes', () => {
    const reminders = fc.subarray(['-P7D', '-PT24H', '-PT6H', '-PT1H', '-PT15M'])
    const naps = fc.array(fc.integer({ min: MINUTE, max: 3 * DAY }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(reminders, naps, fc.integer({ min: -10 * DAY, max: HOUR }), (given, sleeps, plannedAt) => {
        const told: string[] = []
        let now = plus(start, plannedAt)
        let maintenance: Scheduled = { ...planned, reminders: given }
        for (const nap of sleeps) {
          const next = nextStep(maintenance, now)
          if (!next) break
          now = plus(new Date(Math.max(next.at.getTime(), now.getTime())), nap)
          for (const step of dueSteps(maintenance, next.at, now)) {
            told.push(step.step === 'reminder' ? step.reminder : step.step)
            const status = { started: 'in_progress', completed: 'completed', reminder: maintenance.status } as const
            maintenance = { ...maintenance, status: status[step.step] }
          }
        }
        expect(new Set(told).size).toBe(told.length)
        expect(isOver(maintenance.status) || sleeps.length <= given.length + 1).toBe(true)
      }),
    )
  })
})
