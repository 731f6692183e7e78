import { badness, type ComponentStatus, shownStatus } from './component.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { SpanSeen } from './snapshot.ts'

/** For how long something held a component in a status; `until` is null while it still does. */
export interface Hold {
  status: ComponentStatus
  from: Date
  until: Date | null
}

/** What an update tells of one component: what the incident held it in before, and since. */
export interface HoldChange {
  at: Date
  incidentStatus: IncidentStatus
  change: { old_status: ComponentStatus; new_status: ComponentStatus } | null
}

/**
 * How an incident held one component where outsiders saw it: from `shownFrom` on, as its updates (oldest first) told it.
 * A resolution lets go, a reopening takes hold again; `present` is what it holds, or held when it was resolved.
 */
export function holdsOf(changes: readonly HoldChange[], present: ComponentStatus, shownFrom: Date): Hold[] {
  const holds: Hold[] = []
  let held = heldAtFirst(changes, present)
  if (held !== null) holds.push({ status: held, from: shownFrom, until: null })
  for (const { at, incidentStatus, change } of changes) {
    const open = holds.at(-1)
    if (open?.until === null) open.until = at
    if (incidentStatus === 'resolved') {
      held = change?.old_status ?? held
      continue
    }
    held = change?.new_status ?? held
    if (held !== null) holds.push({ status: held, from: at, until: null })
  }
  return holds
    .map((hold) => ({ ...hold, from: hold.from < shownFrom ? shownFrom : hold.from }))
    .filter(({ from, until }) => until === null || until > from)
}

/** Null where the first update that speaks of it took hold of it. */
function heldAtFirst(changes: readonly HoldChange[], present: ComponentStatus): ComponentStatus | null {
  const first = changes.find(({ change }) => change !== null)?.change
  if (!first) return present
  return first.old_status === 'operational' ? null : first.old_status
}

/**
 * A component's record without the holds of an incident that never was: while one of them lasted, what else held the
 * component is what it was shown as, or what was set by hand; never worse than it was. Spans oldest first, without gaps.
 */
export function spansWithout(
  mistaken: readonly Hold[],
  { spans, others, byHand }: { spans: readonly SpanSeen[]; others: readonly Hold[]; byHand: ComponentStatus },
): SpanSeen[] {
  const cuts = [...mistaken, ...others].flatMap(({ from, until }) => (until === null ? [from] : [from, until]))
  const pieces = spans.flatMap((span) => piecesOf(span, cuts))
  return joined(
    pieces.map((piece) => {
      if (!mistaken.some((hold) => covers(hold, piece.startedAt))) return piece
      const held = others.filter((hold) => covers(hold, piece.startedAt)).map(({ status }) => status)
      return { ...piece, status: milder(piece.status, shownStatus(byHand, held)) }
    }),
  )
}

const covers = ({ from, until }: Hold, at: Date): boolean => from <= at && (until === null || at < until)

const milder = (one: ComponentStatus, other: ComponentStatus): ComponentStatus =>
  badness(one) < badness(other) ? one : other

/** A span cut where these instants lie inside it. */
export function piecesOf(span: SpanSeen, cuts: readonly Date[]): SpanSeen[] {
  const inside = cuts.filter((cut) => cut > span.startedAt && (span.endedAt === null || cut < span.endedAt))
  const times = [...new Set(inside.map((cut) => cut.getTime()))].sort((one, other) => one - other)
  const bounds = [span.startedAt, ...times.map((time) => new Date(time))]
  return bounds.map((startedAt, index) => ({ ...span, startedAt, endedAt: bounds[index + 1] ?? span.endedAt }))
}

/** Spans of one status that follow each other, as one. */
export function joined(pieces: readonly SpanSeen[]): SpanSeen[] {
  const spans: SpanSeen[] = []
  for (const piece of pieces) {
    const last = spans.at(-1)
    if (last?.status === piece.status) last.endedAt = piece.endedAt
    else spans.push({ ...piece })
  }
  return spans
}
