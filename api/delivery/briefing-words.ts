import { briefingClockOf } from '../../db/queries/briefing-clocks.ts'
import {
  type Briefing,
  briefingById,
  latestBriefing,
  type WholeBriefing,
  wholeBriefing,
} from '../../db/queries/briefings.ts'
import { type Incident, incidentById } from '../../db/queries/incidents.ts'
import { namesOfPeople } from '../../db/queries/names.ts'
import { type Person, personById, toldAlert } from '../../db/queries/told.ts'
import type { AnnouncementKind } from '../domain/audience.ts'
import { statementOf } from '../domain/briefing.ts'
import { briefingUrl } from '../domain/briefing-links.ts'
import { numbersOf } from '../domain/briefing-view.ts'
import { ANYBODY, minutesBetween, printedTime } from '../domain/times.ts'
import type { BriefingTold, WebhookBody } from '../domain/webhook-shapes.ts'
import type { Composed, Composing, Facts } from './composing.ts'

/** What one person is told, ready for the templates and in parts for programs; or why there is nothing to say any more. */
type PersonWords = { data: Record<string, unknown>; parts: Parts } | Extract<Composed, { drop: string }>

/** What a webhook holds besides its line. */
type Parts = DistributiveOmit<WebhookBody<'alert' | 'briefing'>, 'text'>
type DistributiveOmit<Whole, Key extends PropertyKey> = Whole extends unknown ? Omit<Whole, Key> : never

/** What is told to people around briefings. */
export type BriefingKind = Extract<
  AnnouncementKind,
  'briefing' | 'briefing_alert' | 'decision_answer' | 'decision_reminder'
>

/** What each of them is for, which templates say it, and which words give way where a text has no room for all of them. */
const MESSAGES = {
  briefing: { purpose: 'briefing', template: 'briefing', body: 'headline', words: briefingWords },
  briefing_alert: { purpose: 'alert', template: 'briefing-alert', body: 'title', words: briefingAlertWords },
  decision_answer: { purpose: 'alert', template: 'decision-answer', body: 'question', words: decisionAnswerWords },
  decision_reminder: {
    purpose: 'briefing',
    template: 'decision-reminder',
    body: 'question',
    words: decisionReminderWords,
  },
} as const

/** One of them, ready for the channel that carries it. */
export async function briefingMessage(composing: Composing, facts: Facts, kind: BriefingKind) {
  const { words, ...message } = MESSAGES[kind]
  const said = await words(composing, facts)
  return 'drop' in said ? said : { ...message, ...said }
}

const LEFT: PersonWords = { drop: 'suppressed', reason: 'no longer active' }

interface About extends WholeBriefing {
  incident: Incident
  person: Person
}

/** The briefing that an announcement is about, for the one it goes to. */
async function about({ db }: Composing, { announcement, delivery }: Facts): Promise<About> {
  const briefing = (await briefingById(db, announcement.briefingId!))!
  return {
    ...(await wholeBriefing(db, briefing)),
    incident: (await incidentById(db, briefing.incidentId))!,
    person: await personById(db, delivery.personId!),
  }
}

const readerOf = ({ timeZone }: Person) => ({ ...ANYBODY, timeZone })

/** Their signed link; who was not sent the briefing reads it in the console. */
function linkOf(composing: Composing, { briefing, recipients, person }: About): string {
  const recipient = recipients.find((each) => each.personId === person.id)
  return recipient ? briefingUrl(composing, recipient) : `${composing.urls.api}/console/brief/${briefing.id}`
}

/** The briefing itself; nothing any more once a newer one has been posted (contract section 6, Freshness). */
async function briefingWords(composing: Composing, facts: Facts): Promise<PersonWords> {
  const told = await about(composing, facts)
  if (!told.person.active) return LEFT
  const { briefing, incident, decision, toldPublic } = told
  if ((await latestBriefing(composing.db, incident.id))?.id !== briefing.id)
    return { drop: 'superseded', reason: 'a newer briefing took its place' }
  const printed = (at: Date) => printedTime(at, briefing.publishedAt, readerOf(told.person))
  const names = await namesOfPeople(composing.db, [
    incident.commanderId,
    incident.commsLeadId,
    decision?.personId ?? null,
  ])
  const last = toldPublic.at(-1)
  return {
    data: {
      ...saidBy(briefing),
      title: incident.title,
      at: printed(briefing.publishedAt),
      since: printed(incident.startedAt),
      ...numbersOf(briefing, incident),
      eta: briefing.eta && printed(briefing.eta),
      decision: decision && {
        question: decision.question,
        advice: decision.advice,
        person: names.get(decision.personId),
        mine: decision.personId === told.person.id,
        by: printed(decision.dueAt),
      },
      told_count: toldPublic.length,
      told_last: last ? { at: printed(last.publishedAt), headline: last.headline } : null,
      commander: names.get(incident.commanderId ?? '') ?? null,
      comms_lead: names.get(incident.commsLeadId ?? '') ?? null,
      next: briefing.nextBriefingDueAt && printed(briefing.nextBriefingDueAt),
      url: linkOf(composing, told),
    },
    parts: { type: 'briefing', briefing: partsOf(told, linkOf(composing, told)) },
  }
}

/** In the API's names. */
const partsOf = ({ briefing, decision, incident }: About, url: string): BriefingTold => ({
  incident_id: incident.id,
  id: briefing.id,
  ...statementOf(briefing),
  title: incident.title,
  decision_needed: decision && {
    question: decision.question,
    by_person_id: decision.personId,
    by: decision.dueAt.toISOString(),
    advice: decision.advice,
  },
  published_at: briefing.publishedAt.toISOString(),
  next_briefing_due_at: briefing.nextBriefingDueAt?.toISOString() ?? null,
  url,
})

const saidBy = (briefing: Briefing) => ({
  seq: briefing.seq,
  severity: briefing.severity,
  resolved: briefing.status === 'resolved',
  headline: briefing.headline,
  situation: briefing.situation,
  customer_impact: briefing.customerImpact,
  business_impact: briefing.businessImpact,
  support_load: briefing.supportLoad,
  actions: briefing.actions,
  confidence: briefing.confidence,
})

/** To staff: a briefing is due or late. Nothing any more once there has been one. */
async function briefingAlertWords({ db, urls }: Composing, facts: Facts): Promise<PersonWords> {
  const { delivery, announcement } = facts
  const { alert, incident } = await toldAlert(db, announcement.alertId!)
  const clock = await briefingClockOf(db, incident.id)
  if (!clock?.dueAt || clock.deadlineSeq !== alert.deadlineSeq)
    return { drop: 'superseded', reason: 'the executives have been briefed since' }
  const person = await personById(db, delivery.personId!)
  if (!person.active) return LEFT
  const plain = {
    incident_id: incident.id,
    title: incident.title,
    severity: incident.severity,
    rung: alert.rung,
    late: delivery.queuedAt >= clock.dueAt,
    minutes: minutesBetween(clock.dueAt, delivery.queuedAt),
    url: `${urls.api}/console/incidents/${incident.id}#briefing`,
  }
  const due = printedTime(clock.dueAt, delivery.queuedAt, readerOf(person))
  const parts = { type: 'alert', alert: { ...plain, due_at: clock.dueAt.toISOString() } } as const
  return { data: { ...plain, due }, parts }
}

/** To the commander: what was decided. */
async function decisionAnswerWords(composing: Composing, facts: Facts): Promise<PersonWords> {
  const { briefing, incident, decision, person } = await about(composing, facts)
  if (!person.active) return LEFT
  const { question, answer, comment, answeredBy } = decision!
  const names = await namesOfPeople(composing.db, [answeredBy])
  const data = {
    incident_id: incident.id,
    title: incident.title,
    severity: incident.severity,
    seq: briefing.seq,
    question,
    answer,
    comment,
    by: names.get(answeredBy ?? '') ?? 'an executive',
    url: `${composing.urls.api}/console/incidents/${incident.id}#briefing`,
  }
  return { data, parts: { type: 'alert', alert: data } }
}

/** A decision that nobody answered by its time: to the one who was asked, then to the deputy and the commander. */
async function decisionReminderWords(composing: Composing, facts: Facts): Promise<PersonWords> {
  const told = await about(composing, facts)
  const { briefing, incident, person } = told
  const decision = told.decision!
  if (decision.answer) return { drop: 'superseded', reason: 'answered since' }
  if (!person.active) return LEFT
  const names = await namesOfPeople(composing.db, [decision.personId])
  const { queuedAt } = facts.delivery
  const plain = {
    incident_id: incident.id,
    title: incident.title,
    severity: incident.severity,
    seq: briefing.seq,
    question: decision.question,
    person: names.get(decision.personId) ?? 'an executive',
    url: linkOf(composing, told),
  }
  const due = printedTime(decision.dueAt, queuedAt, readerOf(person))
  const parts = { type: 'briefing', briefing: { ...plain, due_at: decision.dueAt.toISOString() } } as const
  return { data: { ...plain, due, mine: decision.personId === person.id }, parts }
}
