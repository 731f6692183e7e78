import type { RungRecipient } from './cadence.ts'

/**
 * The cadence line as the console draws it: a dot is a moment we spoke, a ring one we promised to speak, dashes the time
 * still to come, thick red silence beyond a promise. Positions are per cent of the drawing's width.
 */
export interface StripLine {
  spoke: number[]
  now: number
  due: number | null
}

/** A point on the silence ladder's line. */
export interface LadderPoint {
  kind: 'word' | 'rung' | 'promise'
  at: string
  x: number
  /** Whom the rung reaches; empty for the word and for a promise without a rung of its own. */
  to: RungRecipient[]
  passed: boolean
  /** False where its label would lie upon a weightier one. */
  labelled: boolean
}

export interface LadderLine {
  now: number
  points: LadderPoint[]
}

const LEFT = 1
const RIGHT = 98
/** Labels nearer than this (per cent; about 85 px of a desk's 900) would touch. */
const LABEL_ROOM = 9.5

const scale = (from: number, to: number) => (time: number) =>
  to <= from ? LEFT : LEFT + (Math.min(Math.max(time, from), to) - from) * ((RIGHT - LEFT) / (to - from))

const rounded = (position: number): number => Math.round(position * 10) / 10

/** The line of one incident in the list: from its beginning to the promise, or to now where that has passed. */
export function stripLine(incident: {
  startedAt: Date
  spokeAt: readonly Date[]
  dueAt: Date | null
  now: Date
}): StripLine {
  const { startedAt, spokeAt, dueAt, now } = incident
  const first = Math.min(startedAt.getTime(), ...spokeAt.map((date) => date.getTime()))
  const last = Math.max(now.getTime(), dueAt?.getTime() ?? 0)
  const place = (date: Date) => rounded(scale(first, last)(date.getTime()))
  return { spoke: spokeAt.map(place), now: place(now), due: dueAt && place(dueAt) }
}

/** The line of the room: from the last word over the promise to the last rung, or to now where all have passed. */
export function ladderLine(deadline: {
  lastSpokeAt: Date
  dueAt: Date
  rungs: readonly { at: Date; to: RungRecipient[] }[]
  now: Date
}): LadderLine {
  const { lastSpokeAt, dueAt, rungs, now } = deadline
  const last = Math.max(dueAt.getTime(), now.getTime(), ...rungs.map((rung) => rung.at.getTime()))
  const place = (date: Date) => rounded(scale(lastSpokeAt.getTime(), last)(date.getTime()))
  const point = (kind: LadderPoint['kind'], at: Date, to: RungRecipient[]) => ({
    kind,
    at: at.toISOString(),
    x: place(at),
    to,
    passed: at <= now,
  })
  const atDue = rungs.filter((rung) => rung.at.getTime() === dueAt.getTime()).flatMap((rung) => rung.to)
  const others = rungs.filter((rung) => rung.at.getTime() !== dueAt.getTime())
  const points = [
    point('word', lastSpokeAt, []),
    point('promise', dueAt, atDue),
    ...others.map((rung) => point('rung', rung.at, rung.to)),
  ]
  return { now: place(now), points: withLabels(points) }
}

/** Labels in order of weight (the word, the promise, then rungs from the right), each only where there is room. */
function withLabels(points: Omit<LadderPoint, 'labelled'>[]): LadderPoint[] {
  const byWeight = [...points.slice(0, 2), ...points.slice(2).sort((one, other) => other.x - one.x)]
  const taken: number[] = []
  const labelled = byWeight.map((point) => {
    const free = taken.every((x) => Math.abs(x - point.x) >= LABEL_ROOM)
    if (free) taken.push(point.x)
    return { ...point, labelled: free }
  })
  return labelled.sort((one, other) => one.x - other.x)
}
