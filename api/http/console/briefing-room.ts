import { briefingClockOf } from '../../../db/queries/briefing-clocks.ts'
import {
  type Briefing,
  latestBriefing,
  toldPublicOf,
  whoDecides,
  wholeBriefing,
} from '../../../db/queries/briefings.ts'
import { currentPolicy } from '../../../db/queries/cadence.ts'
import { draftOf } from '../../../db/queries/drafts.ts'
import type { HeldComponent, Incident } from '../../../db/queries/incidents.ts'
import { ledgerCounts } from '../../../db/queries/ledger.ts'
import { type BriefedPerson, reachOfBriefing } from '../../actions/briefing-reach.ts'
import { UNKNOWN } from '../../domain/briefing.ts'
import type { BriefingPreview } from '../../domain/briefing-preview.ts'
import { type BriefingComposer, type BriefingRoom, briefingPreviewView } from '../../domain/briefing-view.ts'
import { isOverdue } from '../../domain/cadence.ts'
import { millisecondsOf } from '../../domain/duration.ts'
import { covers, readsBriefings } from '../../domain/role.ts'
import type { Form } from '../../domain/screen-parts.ts'
import type { Call } from '../route.ts'
import { briefingTyped, fieldsOfBriefing, fieldsOfFirst, usualInterval, wordsTyped } from './briefing-fields.ts'
import { shownBriefing } from './briefing-view.ts'
import { draftNameOf } from './composer.ts'
import { alertsOfBriefings } from './silence.ts'

/**
 * What the room shows of the briefings of its incident; null for those who may not read them. While an update is held there
 * is no public composer to carry a briefing along.
 */
export async function briefingRoom(
  call: Call,
  incident: Incident,
  held: readonly HeldComponent[],
  sent: { briefing?: Form; briefingPreview?: BriefingPreview },
  now: Date,
  isHeld: boolean,
): Promise<BriefingRoom | null> {
  const { db, actor } = call.acting
  if (actor.role === null || !readsBriefings(actor.role)) return null
  const [latest, reach, clock, alerts] = await Promise.all([
    latestBriefing(db, incident.id),
    reachOfBriefing(db, incident),
    briefingClockOf(db, incident.id),
    alertsOfBriefings(db, incident.id),
  ])
  const forNobody = reach.length === 0
  const dueAt = forNobody ? null : (clock?.dueAt ?? null)
  const isOver = incident.resolvedAt !== null && latest !== null && latest.publishedAt >= incident.resolvedAt
  const [composer, shown] = await Promise.all([
    covers(actor.role, 'commander') && !isOver
      ? composerOf(call, incident, { latest, reach, held, isHeld }, sent)
      : null,
    latest && latestOf(call, incident, latest, now),
  ])
  return {
    composer,
    latest: shown,
    dueAt: dueAt?.toISOString() ?? null,
    late: isOverdue(dueAt, now),
    forNobody,
    alerts,
  }
}

async function latestOf(
  { acting }: Call,
  incident: Incident,
  briefing: Briefing,
  now: Date,
): Promise<BriefingRoom['latest']> {
  const whole = await wholeBriefing(acting.db, briefing)
  const { view } = await shownBriefing(acting.db, whole, incident, { personId: null, role: null, base: '' }, now)
  const { id, seq, publishedAt, headline, readBy, decision } = view
  return { id, seq, publishedAt, headline, readBy, decision, sentTo: whole.recipients.length }
}

async function composerOf(
  call: Call,
  incident: Incident,
  {
    latest,
    reach,
    held,
    isHeld,
  }: {
    latest: Briefing | null
    reach: readonly BriefedPerson[]
    held: readonly HeldComponent[]
    isHeld: boolean
  },
  { briefing: sent, briefingPreview: preview }: { briefing?: Form; briefingPreview?: BriefingPreview },
): Promise<BriefingComposer> {
  const { db } = call.acting
  const drafting = sent?.values ?? draftedFields(call, incident.id)
  const components = held.map(({ name, status }) => `${name}: ${status.replaceAll('_', ' ')}`)
  const [policy, typed, facts, deciders] = await Promise.all([
    currentPolicy(db),
    drafting,
    factsOf(call, incident, components),
    whoDecides(db),
  ])
  const interval = policy[incident.severity].briefing
  const wait = interval === null ? null : millisecondsOf(interval)
  const first = { customerImpact: components.join('; ') || UNKNOWN }
  const before = latest ? fieldsOfBriefing(latest) : fieldsOfFirst(first)
  const values = { ...usualInterval(wait), ...(Object.keys(typed).length > 0 ? typed : before) }
  const resolved = incident.status === 'resolved'
  return {
    form: { values, errors: sent?.errors ?? [] },
    alone: resolved || isHeld,
    seq: (latest?.seq ?? 0) + 1,
    words: wordsTyped(values),
    recipients: reach.map(({ name, channels }) => ({ name, channels })),
    facts,
    deciders: deciders.map(({ id, name }) => ({ id, name })),
    longestWait: wait === null ? null : wait / 1000,
    last: resolved,
    preview: preview ? briefingPreviewView(preview) : null,
  }
}

/** What was typed of a briefing and not posted yet. */
async function draftedFields({ acting }: Call, incidentId: string): Promise<Record<string, string>> {
  const draft = await draftOf(acting.db, acting.actor.personId, draftNameOf(incidentId))
  return briefingTyped(draft?.fields ?? {})
}

const TAKEN = ['accepted', 'delivered'] as const

async function factsOf(
  { acting: { db } }: Call,
  incident: Incident,
  components: string[],
): Promise<BriefingComposer['facts']> {
  const [toldOf, counts] = await Promise.all([
    toldPublicOf(db, [incident.id]),
    ledgerCounts(db, { incidentId: incident.id }),
  ])
  const told = toldOf.get(incident.id) ?? []
  const last = told.at(-1)
  return {
    startedAt: incident.startedAt.toISOString(),
    components,
    toldCount: told.length,
    lastTold: last ? { publishedAt: last.publishedAt.toISOString(), headline: last.headline } : null,
    taken: Object.values(counts).reduce(
      (sum, of) => sum + TAKEN.reduce((taken, state) => taken + (of?.[state] ?? 0), 0),
      0,
    ),
  }
}
