import { expect, test } from 'vitest'
import { spansWith } from '../../api/domain/late-holds.ts'
import type { SpanSeen } from '../../api/domain/snapshot.ts'

const at = (hour: number) => new Date(Date.UTC(2026, 10, 12, hour))
const span = (status: SpanSeen['status'], from: number, until: number | null): SpanSeen => ({
  status,
  startedAt: at(from),
  endedAt: until === null ? null : at(until),
})
const hold = (from: number, until: number) => ({ status: 'partial_outage' as const, from: at(from), until: at(until) })

test.each<[string, SpanSeen[], SpanSeen[]]>([
  [
    'cuts the span that it lies in',
    [span('operational', 0, null)],
    [span('operational', 0, 10), span('partial_outage', 10, 12), span('operational', 12, null)],
  ],
  [
    'leaves what was worse, and is joined to what was the same',
    [span('partial_outage', 9, 10), span('operational', 10, 11), span('major_outage', 11, null)],
    [span('partial_outage', 9, 11), span('major_outage', 11, null)],
  ],
  [
    'may lie before the first span, when all was well',
    [span('operational', 14, null)],
    [span('partial_outage', 10, 12), span('operational', 12, null)],
  ],
  [
    'may reach into the first span',
    [span('operational', 11, null)],
    [span('partial_outage', 10, 12), span('operational', 12, null)],
  ],
])('a hold that is written down later %s', (_, spans, expected) => {
  expect(spansWith(hold(10, 12), spans)).toEqual(expected)
})
