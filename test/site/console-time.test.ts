import { describe, expect, test } from 'vitest'
import { ago, countdown, day, interval, length, moment, spokenCountdown } from '../../site/components/console/time.ts'

const now = '2026-11-12T14:37:18.000Z'
const later = (seconds: number): string => new Date(new Date(now).getTime() + seconds * 1000).toISOString()

describe('moments', () => {
  test('a moment of today is a time, of another day has its day, of another year its year', () => {
    expect(moment('2026-11-12T09:05:59.999Z', now)).toBe('09:05')
    expect(moment('2026-11-11T23:58:20.000Z', now)).toBe('Wed 11 Nov, 23:58')
    expect(moment('2025-12-31T23:59:59.000Z', now)).toBe('Wed 31 Dec 2025, 23:59')
    expect(day(now)).toBe('Thu 12 Nov 2026')
  })

  test.each([
    [0, 'under a minute'],
    [59, 'under a minute'],
    [60, '1 min'],
    [3599, '59 min'],
    [3600, '1 h 00 min'],
    [7499, '2 h 04 min'],
    [86_400, '1 d 0 h'],
  ])('%i seconds last %s', (seconds, words) => {
    expect(length(now, later(seconds))).toBe(words)
  })

  test('what is days ago is counted in days', () => {
    expect([ago(now, later(120)), ago(now, later(90_000)), ago(now, later(5 * 86_400))]).toEqual([
      '2 min ago',
      '1 day ago',
      '5 days ago',
    ])
  })

  test.each([
    [45, '45 s'],
    [90, '90 s'],
    [900, '15 min'],
    [3600, '1 h'],
    [5400, '90 min'],
    [9000, '2 h 30'],
  ])('an interval of %i seconds is %s', (seconds, words) => {
    expect(interval(seconds)).toBe(words)
  })
})

describe('the countdown', () => {
  test.each([
    [462, '07:42', '7 minutes 42 seconds left'],
    [0, '00:00', '0 seconds left'],
    [-0.4, '00:00', '0 seconds late'],
    [-250, '−04:10', '4 minutes 10 seconds late'],
    [3599, '59:59', '59 minutes 59 seconds left'],
    [4942, '1 h 22', '1 hour 22 minutes left'],
    [-3600, '−1 h 00', '1 hour late'],
    [187_200, '2 d 4 h', '52 hours left'],
  ])('%d seconds before the promise it shows %s', (seconds, figure, words) => {
    expect(countdown(later(seconds), now)).toBe(figure)
    expect(spokenCountdown(later(seconds), now)).toBe(words)
  })
})
