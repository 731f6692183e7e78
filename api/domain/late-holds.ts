import { badness } from './component.ts'
import { type Hold, joined, piecesOf } from './mistaken-holds.ts'
import type { SpanSeen } from './snapshot.ts'

/**
 * A component's record with a hold that is written down when it is over: while it lasted the component is taken to have
 * been as bad as it says, or worse where something else said so. Spans oldest first, without gaps; before the first the
 * component was operational.
 */
export function spansWith(hold: Hold & { until: Date }, spans: readonly SpanSeen[]): SpanSeen[] {
  const [first] = spans
  const before: SpanSeen[] =
    !first || first.startedAt <= hold.from
      ? []
      : [{ status: 'operational', startedAt: hold.from, endedAt: first.startedAt }]
  const pieces = [...before, ...spans].flatMap((span) => piecesOf(span, [hold.from, hold.until]))
  return joined(
    pieces.map((piece) => {
      const covered = hold.from <= piece.startedAt && piece.startedAt < hold.until
      return covered && badness(hold.status) > badness(piece.status) ? { ...piece, status: hold.status } : piece
    }),
  )
}
