import { describe, expect, it } from 'vitest'
import { readAt, readsNow } from '../../api/domain/correction.ts'
import { type PrintedWindow, printedWindow, type Span } from '../../api/domain/times.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 12, 14, minute))
const taken = { headline: 'The EU is back.', body: 'The EU is back. The US follows.' }
const written = { headline: 'Half is back', body: 'The EU is back. The US follows.' }
const first = { body: 'The EU is not back. We were wrong.', createdAt: at(10) }
const second = { body: 'Parts of the EU are back.', createdAt: at(20) }

describe('a corrected update', () => {
  it.each([
    [taken, [], taken],
    [taken, [first], { headline: 'The EU is not back.', body: first.body }],
    [taken, [second, first], { headline: second.body, body: second.body }],
    [written, [second, first], { headline: 'Half is back', body: second.body }],
  ])('reads as its newest correction says; a headline follows only where it was taken from the body', (...given) => {
    const [update, corrections, reads] = given
    expect(readsNow(update, corrections)).toEqual(reads)
  })

  it.each([
    [at(9), taken.body],
    [at(10), first.body],
    [at(19), first.body],
    [at(30), second.body],
  ])('read at %s as it was known then', (when, body) => expect(readAt(taken, [second, first], when).body).toBe(body))
})

describe('a window', () => {
  const span = ({ from, until, one_day, dated }: Span) => {
    const [first, last] = dated ? [`${from.date}, `, `${until.date}, `] : ['', '']
    return one_day || !dated ? `${first}${from.clock}–${until.clock}` : `${first}${from.clock} – ${last}${until.clock}`
  }
  const printed = ({ utc, local }: PrintedWindow) => ({ utc: span(utc), local: local && span(local) })
  const from = new Date('2026-09-15T01:00:00Z')
  const until = new Date('2026-09-15T03:00:00Z')
  const day = new Date('2026-09-16T01:30:00Z')

  it.each([
    ['Etc/UTC', until, 'Tue 15 Sep 2026, 01:00–03:00', null],
    ['Europe/Berlin', until, 'Tue 15 Sep 2026, 01:00–03:00', '03:00–05:00'],
    ['America/New_York', until, 'Tue 15 Sep 2026, 01:00–03:00', 'Mon 14 Sep 2026, 21:00–23:00'],
    ['Atlantic/Reykjavik', until, 'Tue 15 Sep 2026, 01:00–03:00', null],
    [
      'America/New_York',
      day,
      'Tue 15 Sep 2026, 01:00 – Wed 16 Sep 2026, 01:30',
      'Mon 14 Sep 2026, 21:00 – Tue 15 Sep 2026, 21:30',
    ],
  ])('is printed for somebody in %s until %s with each date once', (timeZone, end, utc, local) =>
    expect(printed(printedWindow(from, end, { timeZone, language: 'en' }))).toEqual({ utc, local }),
  )

  it('names days and months in the reader’s language, in the digits of the page', () =>
    expect(printed(printedWindow(from, day, { timeZone: 'Etc/UTC', language: 'ar' })).utc).toBe(
      'الثلاثاء 15 سبتمبر 2026, 01:00 – الأربعاء 16 سبتمبر 2026, 01:30',
    ))
})
