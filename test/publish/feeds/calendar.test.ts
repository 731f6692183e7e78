import fc from 'fast-check'
import ICAL from 'ical.js'
import { describe, expect, it } from 'vitest'
import type { MaintenanceSeen, Snapshot } from '../../../api/domain/snapshot.ts'
import { calendar } from '../../../api/publish/feeds/calendar.ts'
import { busySnapshot, HOSTILE, snapshotWith } from '../../support/feed-documents.ts'
import { ADDRESS, at, componentSeen, maintenanceSeen, snapshotOf } from '../../support/snapshots.ts'

const calendarOf = (...maintenances: MaintenanceSeen[]) => calendar(snapshotOf({ maintenances }), ADDRESS)
const parse = (text: string) => ICAL.Component.fromString(text)
const eventsOf = (text: string) => parse(text).getAllSubcomponents('vevent')
const eventOf = (maintenance: MaintenanceSeen) => eventsOf(calendarOf(maintenance))[0]!
const told = (event: InstanceType<typeof ICAL.Component>, name: string) =>
  String(event.getFirstPropertyValue(name) ?? '')

/** Every line ends as RFC 5545 says, and none is longer than 75 octets. */
function checkLines(text: string): void {
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true)
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
  for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75)
}

describe('/calendar.ics', () => {
  it('says what it is and how often to look again', () => {
    const whole = parse(calendarOf(maintenanceSeen()))
    expect(told(whole, 'method')).toBe('PUBLISH')
    expect(told(whole, 'version')).toBe('2.0')
    expect(told(whole, 'prodid')).toBe('-//Sitrep//Maintenance//EN')
    expect(told(whole, 'refresh-interval')).toBe('PT1H')
    expect(told(whole, 'x-published-ttl')).toBe('PT1H')
    expect(told(whole, 'x-wr-calname')).toBe('Northwind Cloud maintenance')
  })

  it('tells when work is planned, in UTC, what it is and where its page is', () => {
    const text = calendarOf(maintenanceSeen({ sequence: 2 }))
    expect(text).toContain('\r\nDTSTART:20261112T220000Z\r\nDTEND:20261112T235900Z\r\n')
    const event = eventsOf(text)[0]!
    expect(told(event, 'uid')).toBe('mnt000000001@northwind000')
    expect(told(event, 'sequence')).toBe('2')
    expect(told(event, 'status')).toBe('CONFIRMED')
    expect(told(event, 'summary')).toBe('New disks for the database')
    expect(told(event, 'description')).toBe('We move the database to new disks.')
    expect(told(event, 'url')).toBe('https://status.example.com/maintenance/mnt000000001')
  })

  it('names the components concerned and tells bodies as plain text', () => {
    const maintenance = maintenanceSeen({
      body: 'We **move**, then:\n\n- [look](https://x.test)',
      componentIds: ['cmp000000002', 'cmp000000001'],
    })
    const components = [componentSeen(), componentSeen({ id: 'cmp000000002', name: 'Payments, new' })]
    const [event] = eventsOf(calendar(snapshotOf({ maintenances: [maintenance], components }), ADDRESS))
    expect(told(event!, 'description')).toBe(
      'We move, then:\n\n- look (https://x.test)\n\nAffected: Login, Payments, new',
    )
  })

  it('stays one event under a higher SEQUENCE when it is moved', () => {
    const before = eventOf(maintenanceSeen())
    const moved = maintenanceSeen({
      sequence: 1,
      scheduledFor: at('23:00'),
      changed: { revision: 9, at: at('16:00') },
    })
    const after = eventOf(moved)
    expect(told(after, 'uid')).toBe(told(before, 'uid'))
    expect(Number(told(after, 'sequence'))).toBeGreaterThan(Number(told(before, 'sequence')))
    expect(told(after, 'dtstart')).toBe('2026-11-12T23:00:00Z')
    expect([told(before, 'dtstamp'), told(after, 'dtstamp')]).toEqual(['2026-11-12T10:00:00Z', '2026-11-12T16:00:00Z'])
    expect(told(after, 'last-modified')).toBe('2026-11-12T16:00:00Z')
    expect(told(after, 'created')).toBe('2026-11-12T10:00:00Z')
  })

  it('keeps the planned window whenever the work began', () => {
    const early = eventOf(maintenanceSeen({ status: 'in_progress', startedAt: at('21:50') }))
    expect(told(early, 'dtstart')).toBe('2026-11-12T22:00:00Z')
    expect(told(early, 'status')).toBe('CONFIRMED')
  })

  it('says that cancelled work is cancelled, under the same UID', () => {
    const cancelled = eventOf(maintenanceSeen({ status: 'cancelled', sequence: 1, endedAt: at('12:00') }))
    expect(told(cancelled, 'status')).toBe('CANCELLED')
    expect(told(cancelled, 'uid')).toBe('mnt000000001@northwind000')
  })

  it('holds each maintenance once and fifty at most, in the order of their times', () => {
    const newest = busySnapshot().newestMaintenances
    const events = eventsOf(calendar(snapshotOf({ maintenances: [newest[3]!], newestMaintenances: newest }), ADDRESS))
    expect(new Set(events.map((event) => told(event, 'uid'))).size).toBe(50)
    expect(events).toHaveLength(50)
    expect(events.map((event) => told(event, 'uid'))).toContain('mnt000000003@northwind000')
  })

  describe('with more planned work than it holds', () => {
    const planned = Array.from({ length: 70 }, (_, n) =>
      maintenanceSeen({
        id: `mnt${String(n).padStart(9, '0')}`,
        scheduledFor: new Date(at('22:00').getTime() + n * 86_400_000),
      }),
    )
    const uids = (snapshot: Partial<Snapshot>) =>
      eventsOf(calendar(snapshotOf(snapshot), ADDRESS)).map((event) => told(event, 'uid').slice(0, 12))
    const changed = { revision: 9, at: at('16:00') }

    it('still says what was cancelled last, and what was moved, however far', () => {
      const off = maintenanceSeen({ id: 'mntcancelled', status: 'cancelled', sequence: 1, changed })
      const moved = maintenanceSeen({
        id: 'mntmovedfar1',
        scheduledFor: new Date('2027-06-01T22:00:00.000Z'),
        sequence: 1,
        changed,
      })
      const events = eventsOf(
        calendar(snapshotOf({ maintenances: [...planned, moved], cancelledMaintenances: [off] }), ADDRESS),
      )
      expect(events).toHaveLength(50)
      const cancelled = events.filter((event) => told(event, 'status') === 'CANCELLED')
      expect(cancelled.map((event) => told(event, 'uid').slice(0, 12))).toEqual(['mntcancelled'])
      expect(told(events.at(-1)!, 'uid')).toContain('mntmovedfar1')
    })

    it('keeps half of itself for the work that comes next, whatever is cancelled and moved', () => {
      const off = planned.slice(0, 25).map((each, n) => {
        const cancelledAt = new Date(changed.at.getTime() + n * 1000)
        return {
          ...each,
          id: `off${each.id.slice(3)}`,
          status: 'cancelled' as const,
          changed: { ...changed, at: cancelledAt },
        }
      })
      const moved = planned
        .slice(60)
        .map((each) => ({ ...each, sequence: 1, changed: { revision: 8, at: at('15:00') } }))
      const held = uids({ maintenances: [...planned.slice(0, 60), ...moved], cancelledMaintenances: off })
      expect(held).toHaveLength(50)
      expect(held.filter((id) => id.startsWith('off'))).toHaveLength(25)
      expect(held.filter((id) => id.startsWith('mnt')).toSorted()).toEqual(planned.slice(0, 25).map(({ id }) => id))
    })
  })

  it('is a calendar even where nothing is planned', () => {
    checkLines(calendarOf())
    expect(eventsOf(calendarOf())).toEqual([])
  })

  it.each([['عمل مخطط '], ['\u{1f6a8}'], ['é'], ['a']])(
    'folds long lines of %j within 75 octets, to be read whole',
    (word) => {
      const title = word.repeat(120).trim()
      const text = calendarOf(maintenanceSeen({ title }))
      checkLines(text)
      expect(told(eventsOf(text)[0]!, 'summary')).toBe(title)
    },
  )

  it('parses with any text in titles, bodies and names, and nobody can forge an event or a property', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.constantFrom(...HOSTILE))
    fc.assert(
      fc.property(text, text, text, (title, body, name) => {
        const made = calendar(snapshotWith({ title, body, name }), ADDRESS)
        checkLines(made)
        const events = eventsOf(made)
        expect(events.map((event) => told(event, 'uid'))).toEqual(['mnt000000001@northwind000'])
        expect(events[0]!.getAllProperties().length).toBe(12)
        expect(parse(made).getAllProperties().length).toBe(8)
      }),
      { numRuns: 200 },
    )
  })
})
