import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isDaily, isRemindedDaily, nextReminder, reminderDue } from '../../api/domain/daily.ts'
import { DAY, HOUR, plus } from '../../api/domain/duration.ts'

const when = (daily_reminder_at: string, time_zone = 'Etc/UTC') => ({ daily_reminder_at, time_zone })
const at = (iso: string) => new Date(iso)

describe('the daily reminder', () => {
  it('is for an open SEV4 that promises nothing', () => {
    const calm = { severity: 'SEV4', status: 'monitoring', nextUpdateDueAt: null } as const
    expect(isRemindedDaily(calm)).toBe(true)
    expect(isRemindedDaily({ ...calm, severity: 'SEV3' })).toBe(false)
    expect(isRemindedDaily({ ...calm, status: 'resolved' })).toBe(false)
    expect(isRemindedDaily({ ...calm, nextUpdateDueAt: at('2026-11-12T14:00:00Z') })).toBe(false)
  })

  it.each([
    ['Etc/UTC', '2026-11-12T08:59:59.999Z', 'daily_2026-11-12', '2026-11-12T09:00:00.000Z'],
    ['Etc/UTC', '2026-11-12T09:00:00.000Z', 'daily_2026-11-13', '2026-11-13T09:00:00.000Z'],
    ['Europe/Berlin', '2026-11-12T07:00:00.000Z', 'daily_2026-11-12', '2026-11-12T08:00:00.000Z'],
    ['America/New_York', '2026-11-13T01:00:00.000Z', 'daily_2026-11-13', '2026-11-13T14:00:00.000Z'],
    ['Pacific/Auckland', '2026-11-12T12:00:00.000Z', 'daily_2026-11-13', '2026-11-12T20:00:00.000Z'],
  ])('comes at the wall clock of %s: after %s the next is %s at %s', (zone, after, rung, due) => {
    expect(nextReminder(when('09:00', zone), at(after))).toEqual({ rung, at: at(due) })
    expect(isDaily(rung)).toBe(true)
  })

  it('tells only the latest after downtime, and none from before we last spoke', () => {
    const nine = when('09:00')
    expect(reminderDue(nine, at('2026-11-09T12:00:00Z'), at('2026-11-12T12:00:00Z'))?.rung).toBe('daily_2026-11-12')
    expect(reminderDue(nine, at('2026-11-12T09:00:00Z'), at('2026-11-12T12:00:00Z'))).toBeNull()
    expect(reminderDue(nine, at('2026-11-12T08:00:00Z'), at('2026-11-12T08:59:00Z'))).toBeNull()
  })

  it.each([
    ['Europe/Berlin', '2027-03-28', '2027-03-28T01:30:00.000Z', 'a day that has no 02:30'],
    ['Europe/Berlin', '2026-10-25', '2026-10-25T00:30:00.000Z', 'a day that has 02:30 twice'],
    ['America/New_York', '2027-03-14', '2027-03-14T07:30:00.000Z', 'a day that has no 02:30'],
    ['Australia/Lord_Howe', '2026-10-04', '2026-10-03T15:30:00.000Z', 'a day whose clocks jump by half an hour'],
  ])('in %s on %s comes once, at %s: %s', (zone, day, due) => {
    const halfPastTwo = when('02:30', zone)
    const before = plus(at(due), -DAY)
    const seen = new Set<string>()
    let last = before
    for (let now = before; now < plus(at(due), DAY); now = plus(now, HOUR / 4)) {
      const reminder = reminderDue(halfPastTwo, last, now)
      if (reminder) seen.add(`${reminder.rung} ${reminder.at.toISOString()}`)
      if (reminder) last = now
    }
    expect([...seen].filter((each) => each.startsWith(`daily_${day} `))).toEqual([`daily_${day} ${due}`])
  })

  it('is found by whoever sleeps until the next one: never twice a day, never a day left out', () => {
    const zone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu')
    const start = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true })
    const time = fc.tuple(fc.nat(23), fc.nat(59)).map(([h, m]) => [h, m].map((n) => `${n}`.padStart(2, '0')).join(':'))
    fc.assert(
      fc.property(zone, start, time, (name, begin, clock) => {
        const policy = when(clock, name)
        const days: string[] = []
        for (let now = begin; days.length < 40; ) {
          now = nextReminder(policy, now).at
          const due = reminderDue(policy, begin, now)
          if (due?.at.getTime() !== now.getTime()) return false
          days.push(due.rung.slice('daily_'.length))
        }
        return days.every((day, n) => Temporal.PlainDate.from(days[0]!).add({ days: n }).toString() === day)
      }),
    )
  })
})
