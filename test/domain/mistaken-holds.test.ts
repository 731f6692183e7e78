import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { badness, COMPONENT_STATUSES, type ComponentStatus } from '../../api/domain/component.ts'
import { type Hold, type HoldChange, holdsOf, spansWithout } from '../../api/domain/mistaken-holds.ts'
import type { SpanSeen } from '../../api/domain/snapshot.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 10, 12, 14, minute))
const span = (status: ComponentStatus, from: number, until: number | null): SpanSeen => ({
  status,
  startedAt: at(from),
  endedAt: until === null ? null : at(until),
})
const hold = (status: ComponentStatus, from: number, until: number | null): Hold => ({
  status,
  from: at(from),
  until: until === null ? null : at(until),
})
const told = (
  minute: number,
  incidentStatus: HoldChange['incidentStatus'],
  change: [ComponentStatus, ComponentStatus] | null = null,
): HoldChange => ({
  at: at(minute),
  incidentStatus,
  change: change && { old_status: change[0], new_status: change[1] },
})

describe('how an incident held a component', () => {
  it('runs from the first word that took hold of it to the resolution', () => {
    const changes = [
      told(4, 'investigating', ['operational', 'major_outage']),
      told(10, 'identified', ['major_outage', 'partial_outage']),
      told(20, 'resolved', ['partial_outage', 'operational']),
    ]
    expect(holdsOf(changes, 'partial_outage', at(4))).toEqual([
      hold('major_outage', 4, 10),
      hold('partial_outage', 10, 20),
    ])
  })

  it('begins with the first public word where it was held before anything was said', () => {
    const changes = [told(4, 'investigating'), told(20, 'resolved', ['major_outage', 'operational'])]
    expect(holdsOf(changes, 'major_outage', at(4))).toEqual([hold('major_outage', 4, 20)])
    expect(holdsOf([told(4, 'investigating')], 'major_outage', at(4))).toEqual([hold('major_outage', 4, null)])
  })

  it('is taken again by a reopening', () => {
    const changes = [
      told(4, 'investigating', ['operational', 'major_outage']),
      told(20, 'resolved', ['major_outage', 'operational']),
      told(30, 'investigating'),
      told(40, 'resolved', ['major_outage', 'operational']),
    ]
    expect(holdsOf(changes, 'major_outage', at(4))).toEqual([hold('major_outage', 4, 20), hold('major_outage', 30, 40)])
  })
})

describe('a record without what never was', () => {
  const spans = [span('operational', 0, 4), span('major_outage', 4, 20), span('operational', 20, null)]

  it('reads as if nothing had been broken', () => {
    const without = spansWithout([hold('major_outage', 4, 20)], { spans, others: [], byHand: 'operational' })
    expect(without).toEqual([span('operational', 0, null)])
  })

  it('keeps what something else held meanwhile', () => {
    const others = [hold('partial_outage', 8, 12), hold('under_maintenance', 10, 30)]
    const without = spansWithout([hold('major_outage', 4, 20)], {
      spans: [span('operational', 0, 4), span('major_outage', 4, 20), span('under_maintenance', 20, null)],
      others,
      byHand: 'operational',
    })
    expect(without).toEqual([
      span('operational', 0, 8),
      span('partial_outage', 8, 12),
      span('under_maintenance', 12, null),
    ])
  })

  it('has no gaps, is never worse than it was, and ends as it ended', () => {
    const status = fc.constantFrom(...COMPONENT_STATUSES)
    const minute = fc.integer({ min: 0, max: 59 })
    const someHold = fc
      .tuple(status, minute, minute)
      .map(([held, one, other]) => hold(held, Math.min(one, other), Math.max(one, other)))
    const record = fc
      .array(status, { minLength: 1, maxLength: 8 })
      .map((statuses) =>
        statuses.map((each, index) => span(each, index * 7, index === statuses.length - 1 ? null : index * 7 + 7)),
      )
    const statusAt = (of: readonly SpanSeen[], time: Date) =>
      of.find(({ startedAt, endedAt }) => startedAt <= time && (endedAt === null || time < endedAt))!.status
    fc.assert(
      fc.property(record, fc.array(someHold), fc.array(someHold), status, (was, mistaken, others, byHand) => {
        const now = spansWithout(mistaken, { spans: was, others, byHand })
        expect(now[0]!.startedAt).toEqual(was[0]!.startedAt)
        expect(now.map(({ endedAt }) => endedAt)).toEqual([...now.slice(1).map(({ startedAt }) => startedAt), null])
        for (let each = 0; each < 60; each++)
          expect(badness(statusAt(now, at(each)))).toBeLessThanOrEqual(badness(statusAt(was, at(each))))
      }),
    )
  })
})
