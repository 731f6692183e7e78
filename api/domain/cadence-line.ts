import { DAY } from './duration.ts'

/**
 * The cadence line: a dot is a moment we spoke, a ring a moment we promised to speak, dashes the time still to come,
 * thick red silence beyond a promise. Pure geometry in per cent of the width; words and drawing are the pages' affair.
 * A late promise stands short of the end and the red runs on from it: the line knows no "now".
 */
export interface CadenceHistory {
  startedAt: string
  /** When we spoke, in any order. */
  updates: readonly string[]
  dueAt: string | null
  late: boolean
  resolvedAt: string | null
  /** Spans in which a promise of the past lay broken until we spoke. */
  silences?: readonly { from: string; to: string }[]
}

export type LineMark = 'began' | 'spoke' | 'promised'
export type LineStroke = 'past' | 'to_come' | 'silence'

export interface LineSegment {
  stroke: LineStroke
  from: number
  to: number
}

export interface LineLabel {
  at: string
  x: number
  anchor: 'start' | 'middle' | 'end'
  /** The promise, or the end: printed strongly. */
  strong: boolean
  /** Fits only where the line is at least twice as wide as on a phone. */
  wideOnly: boolean
}

export interface CadenceLine {
  segments: LineSegment[]
  marks: { mark: LineMark; x: number }[]
  labels: LineLabel[]
  /** Dots stand so close that they are drawn small. */
  crowded: boolean
  /** The line runs over days, so that labels are dates. */
  overDays: boolean
}

const FIRST = 1
const RING = 98
const LATE_RING = 89
const LAST = 99
/** Air on both sides of the dashes, so that they touch neither dot nor ring. */
const AIR_AFTER_DOT = 1
const AIR_BEFORE_RING = 2
/** A label is 36 px wide; the narrowest line (a page of 320 px) measures 256 px. */
const LABEL = 15
const LABEL_WHERE_WIDE = 7
const CROWD = 4

const time = (iso: string): number => new Date(iso).getTime()
const round = (x: number): number => Math.round(x * 10) / 10

interface Axis {
  from: number
  to: number
  /** Where the axis ends, in per cent. */
  end: number
}

function axisOf(history: CadenceHistory, updates: readonly string[]): Axis {
  const ends = [history.dueAt, history.resolvedAt].filter((at) => at !== null)
  const known = [history.startedAt, ...updates, ...ends].map(time)
  const open = history.resolvedAt === null && history.dueAt !== null
  return {
    from: Math.min(...known),
    to: Math.max(...known),
    end: open ? (history.late ? LATE_RING : RING) : LAST,
  }
}

const place = (axis: Axis, at: string): number =>
  axis.to === axis.from
    ? axis.end
    : round(FIRST + ((axis.end - FIRST) * (time(at) - axis.from)) / (axis.to - axis.from))

function segmentsOf(history: CadenceHistory, lastWord: number, ring: number | null, silences: LineSegment[]) {
  const past = (to: number): LineSegment => ({ stroke: 'past', from: FIRST, to })
  if (ring === null) return [past(lastWord), ...silences]
  if (history.late) return [past(ring), ...silences, { stroke: 'silence' as const, from: ring, to: LAST }]
  const dashes = { stroke: 'to_come' as const, from: round(lastWord + AIR_AFTER_DOT), to: ring - AIR_BEFORE_RING }
  return [past(lastWord), ...silences, dashes].filter((segment) => segment.to > segment.from)
}

/** The span a label covers, given the least width that it may claim. */
const covers = (label: LineLabel, width: number): [number, number] => {
  if (label.anchor === 'start') return [label.x, label.x + width]
  if (label.anchor === 'end') return [label.x - width, label.x]
  return [label.x - width / 2, label.x + width / 2]
}

const collides = (one: LineLabel, others: readonly LineLabel[], width: number): boolean =>
  others.some((other) => {
    const [from, to] = covers(one, width)
    const [otherFrom, otherTo] = covers(other, width)
    return from < otherTo && otherFrom < to
  })

/** Keeps the strong label, then the newest words; what would collide everywhere is dropped, on a phone only: marked. */
function fitting(candidates: readonly LineLabel[]): LineLabel[] {
  const kept: LineLabel[] = []
  for (const label of candidates) {
    if (collides(label, kept, LABEL_WHERE_WIDE)) continue
    const narrow = kept.filter((other) => !other.wideOnly)
    kept.push({ ...label, wideOnly: collides(label, narrow, LABEL) })
  }
  return kept.toSorted((one, other) => one.x - other.x)
}

const labelAt = (axis: Axis, at: string): LineLabel => {
  const x = place(axis, at)
  const anchor = x > 93 ? 'end' : x < 7 ? 'start' : 'middle'
  return { at, x: anchor === 'end' ? 100 : x, anchor, strong: false, wideOnly: false }
}

function labelsOf(history: CadenceHistory, axis: Axis, words: readonly string[]): LineLabel[] {
  const end = history.resolvedAt ?? history.dueAt
  const strong = end === null ? [] : [{ ...labelAt(axis, end), strong: history.resolvedAt !== null || !history.late }]
  const spoken = words.filter((at) => end === null || time(at) !== time(end)).map((at) => labelAt(axis, at))
  return fitting([...strong, ...spoken.toReversed()])
}

const isCrowded = (dots: readonly number[]): boolean =>
  dots.some((x, index) => index > 0 && x - dots[index - 1]! < CROWD)

/** The line of one incident; the same history gives the same line, always. */
export function cadenceLine(history: CadenceHistory): CadenceLine {
  const words = history.updates.toSorted((one, other) => time(one) - time(other))
  const axis = axisOf(history, words)
  const open = history.resolvedAt === null
  const ring = open && history.dueAt !== null ? place(axis, history.dueAt) : null
  const dots = words.map((at) => place(axis, at))
  const silences = (history.silences ?? []).map(({ from, to }): LineSegment => {
    return { stroke: 'silence', from: Math.max(FIRST, place(axis, from)), to: place(axis, to) }
  })
  const lastWord = open ? (dots.at(-1) ?? FIRST) : LAST
  return {
    segments: segmentsOf(history, lastWord, ring, silences),
    marks: [
      { mark: 'began', x: place(axis, history.startedAt) },
      ...dots.map((x) => ({ mark: 'spoke' as const, x })),
      ...(ring === null ? [] : [{ mark: 'promised' as const, x: ring }]),
    ],
    labels: labelsOf(history, axis, words),
    crowded: isCrowded(dots),
    overDays: axis.to - axis.from >= DAY,
  }
}
