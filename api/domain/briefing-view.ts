import type { BriefingChannel, Confidence, DecisionAnswer } from './briefing.ts'
import type { BriefingPreview } from './briefing-preview.ts'
import type { IncidentStatus } from './lifecycle.ts'
import type { AlertSent, Form, Shell } from './screen-parts.ts'
import type { Severity } from './severity.ts'

/** A figure with what it counts; null where it is unknown. */
export interface BriefingNumbers {
  /** `6,000`; null: unknown. */
  affected: string | null
  /** `36 min`, `2 h 5 min`: how long it had lasted by then. */
  lasted: string
}

/** A briefing's numbers as they are printed, on every channel and page alike. */
export const numbersOf = (
  briefing: { customersAffected: number | null; publishedAt: Date },
  incident: { startedAt: Date; resolvedAt: Date | null },
): BriefingNumbers => {
  const { customersAffected, publishedAt } = briefing
  const { startedAt, resolvedAt } = incident
  const until = resolvedAt && resolvedAt < publishedAt ? resolvedAt : publishedAt
  return {
    affected: customersAffected === null ? null : new Intl.NumberFormat('en-US').format(customersAffected),
    lasted: lasting(until.getTime() - startedAt.getTime()),
  }
}

/** `36 min`, `2 h 5 min`, `3 h`. */
export function lasting(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return `${minutes} min`
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`
}

/** A briefing as executives see it on a page: plain values, ready to print; times are RFC 3339 UTC texts. */
export interface BriefingView {
  id: string
  incidentId: string
  title: string
  seq: number
  severity: Severity
  resolved: boolean
  publishedAt: string
  headline: string
  situation: string
  customerImpact: string
  numbers: BriefingNumbers
  startedAt: string
  businessImpact: string
  supportLoad: string
  /** Null: unknown. */
  actions: { what: string; owner: string }[] | null
  /** Null: unknown. */
  eta: string | null
  confidence: Confidence
  decision: DecisionView | null
  toldPublic: { publishedAt: string; headline: string }[]
  commander: string | null
  commsLead: string | null
  nextDueAt: string | null
  /** Names of those who have read it, in order. */
  readBy: string[]
}

export interface DecisionView {
  question: string
  advice: string
  person: string
  dueAt: string
  late: boolean
  answer: { answer: DecisionAnswer; comment: string | null; by: string; at: string } | null
}

/** A briefing with what its reader may do. */
export interface ShownBriefing {
  view: BriefingView
  /** Where "Read" posts to; null for somebody who cannot have read it (a key of nobody). */
  receipt: { action: string; readAt: string | null } | null
  /** Where the answer posts to: answer, comment. Null where nothing is to be decided by this reader. */
  deciding: { action: string; form: Form } | null
}

/** Something that burns now. */
export interface BurningIncident {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  startedAt: string
  /** What is promised to the public; null without a promise. */
  nextUpdateDueAt: string | null
  late: boolean
  briefingDueAt: string | null
  /** The latest; null where there has been none yet. */
  latest: ShownBriefing | null
}

/** The page of executives. */
export interface BriefScreen {
  shell: Shell
  /** The worst first. */
  burning: BurningIncident[]
  /** Newest first, without the latest of what burns. */
  earlier: { id: string; seq: number; title: string; severity: Severity; publishedAt: string; headline: string }[]
}

/** One briefing: from the history, or through a signed link. */
export interface BriefingScreen {
  shell: Shell
  shown: ShownBriefing
  /** To all briefings; null for somebody without a session. */
  backUrl: string | null
}

/** What a briefing that has not been posted would be. */
export type BriefingPreviewView = Omit<BriefingPreview, 'nextDueAt'> & { nextDueAt: string | null }

export const briefingPreviewView = (preview: BriefingPreview): BriefingPreviewView => ({
  ...preview,
  nextDueAt: preview.nextDueAt?.toISOString() ?? null,
})

/** The composer of a briefing in the incident room; its fields are the API's, below `briefing.`. */
export interface BriefingComposer {
  form: Form
  /** It has a form of its own; else its fields stand in the public composer's, so that one submit may carry both. */
  alone: boolean
  seq: number
  /** Words of the sentences as they stand. */
  words: number
  /** Whom it goes to by the rules; empty is said before anything is sent. */
  recipients: { name: string; channels: BriefingChannel[] }[]
  facts: {
    startedAt: string
    components: string[]
    toldCount: number
    lastTold: { publishedAt: string; headline: string } | null
    /** Messages about the incident that a carrier took. */
    taken: number
  }
  /** Who can be asked for a decision. */
  deciders: { id: string; name: string }[]
  /** The longest wait for the next briefing, in seconds; null where the cadence asks for none. */
  longestWait: number | null
  /** The incident is resolved: this is the last one. */
  last: boolean
  /** What it holds as executives would get it; null unless that was asked. */
  preview: BriefingPreviewView | null
}

/** What the incident room shows of briefings to those who may read them. */
export interface BriefingRoom {
  /** Null when the viewer may not brief, or when there is nothing more to brief on. */
  composer: BriefingComposer | null
  latest: {
    id: string
    seq: number
    publishedAt: string
    headline: string
    sentTo: number
    readBy: string[]
    decision: DecisionView | null
  } | null
  dueAt: string | null
  late: boolean
  /** The rules name nobody for this incident, so that nobody waits for a briefing and nobody is alerted of its silence. */
  forNobody: boolean
  /** Alerts of late briefings, newest first. */
  alerts: AlertSent[]
}
