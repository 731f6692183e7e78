import type { WholeBriefing } from '../../../db/queries/briefings.ts'
import type { Incident } from '../../../db/queries/incidents.ts'
import { namesOfPeople } from '../../../db/queries/names.ts'
import type { Store } from '../../actions/acting.ts'
import { type BriefingView, type DecisionView, numbersOf, type ShownBriefing } from '../../domain/briefing-view.ts'
import { covers, type Role } from '../../domain/role.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { emptyForm } from './forms.ts'

/** Who looks, and where their answers go. */
export interface Looking {
  personId: string | null
  role: Role | null
  /** The forms post to below this. */
  base: string
  /** What was refused of an answer. */
  refused?: Form
}

/** A briefing as its reader sees it, and what they may do. */
export async function shownBriefing(
  db: Store,
  whole: WholeBriefing,
  incident: Incident,
  { personId, role, base, refused }: Looking,
  now: Date,
): Promise<ShownBriefing> {
  const { decision, reads } = whole
  const names = await namesIn(db, whole, incident)
  const asked = personId !== null && [decision?.personId, incident.deputyId].includes(personId)
  const decides = decision && !decision.answer && (asked || (role !== null && covers(role, 'executive')))
  const read = reads.find((each) => each.personId === personId)
  return {
    view: viewOf(whole, incident, names, now),
    receipt: personId ? { action: `${base}/receipt`, readAt: read?.readAt.toISOString() ?? null } : null,
    // A refusal is shown even where nothing is left to decide.
    deciding: decides || refused ? { action: `${base}/decision`, form: refused ?? emptyForm() } : null,
  }
}

type Names = ReadonlyMap<string, string>

const namesIn = (db: Store, { decision, reads }: WholeBriefing, incident: Incident): Promise<Names> =>
  namesOfPeople(db, [
    incident.commanderId,
    incident.commsLeadId,
    decision?.personId ?? null,
    decision?.answeredBy ?? null,
    ...reads.map((each) => each.personId),
  ])

function viewOf(
  { briefing, decision, reads, toldPublic }: WholeBriefing,
  incident: Incident,
  names: Names,
  now: Date,
): BriefingView {
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? 'somebody'))
  return {
    id: briefing.id,
    incidentId: incident.id,
    title: incident.title,
    seq: briefing.seq,
    severity: briefing.severity,
    resolved: briefing.status === 'resolved',
    publishedAt: briefing.publishedAt.toISOString(),
    headline: briefing.headline,
    situation: briefing.situation,
    customerImpact: briefing.customerImpact,
    numbers: numbersOf(briefing, incident),
    startedAt: incident.startedAt.toISOString(),
    businessImpact: briefing.businessImpact,
    supportLoad: briefing.supportLoad,
    actions: briefing.actions,
    eta: briefing.eta?.toISOString() ?? null,
    confidence: briefing.confidence,
    decision: decision && decisionView(decision, nameOf, now),
    toldPublic: toldPublic.map(({ publishedAt, headline }) => ({ publishedAt: publishedAt.toISOString(), headline })),
    commander: nameOf(incident.commanderId),
    commsLead: nameOf(incident.commsLeadId),
    nextDueAt: briefing.nextBriefingDueAt?.toISOString() ?? null,
    readBy: reads.map((each) => nameOf(each.personId)!),
  }
}

function decisionView(
  decision: NonNullable<WholeBriefing['decision']>,
  nameOf: (id: string | null) => string | null,
  now: Date,
): DecisionView {
  const { question, advice, personId, dueAt, answer, comment, answeredBy, answeredAt } = decision
  return {
    question,
    advice,
    person: nameOf(personId)!,
    dueAt: dueAt.toISOString(),
    late: answer === null && now > dueAt,
    answer: answer && { answer, comment, by: nameOf(answeredBy) ?? 'an executive', at: answeredAt!.toISOString() },
  }
}
