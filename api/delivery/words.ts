import type { Update } from '../../db/queries/incidents.ts'
import type { ToldUpdate } from '../../db/queries/told.ts'
import { type ComponentStatus, worstStatus } from '../domain/component.ts'
import { readAt } from '../domain/correction.ts'
import { headlineOf } from '../domain/headline.ts'
import { renderHtml, renderText } from '../domain/markdown.ts'
import { SEVERITY } from '../domain/severity.ts'
import { minutesBetween, printedTime, type Reader } from '../domain/times.ts'

/** How many earlier statements a mail repeats. */
const SAID_BEFORE = 2

/**
 * What an update says, ready for the templates of mail and SMS; the same facts on every channel (standards C19). Told at
 * `toldAt`, it reads as it read then, and to somebody who joined after the promise had passed it no longer promises.
 */
export function wordsOfUpdate(told: ToldUpdate, reader: Reader, toldAt: Date) {
  const { incident, held } = told
  const read = (each: Update): Update => readAt(each, told.corrections.get(each.id) ?? [], toldAt)
  const update = read(told.update)
  const earlier = told.earlier.map(read)
  const publishedAt = update.publishedAt!
  const affected = affectedIn({ update, held })
  const printed = (at: Date) => printedTime(at, publishedAt, reader)
  return {
    title: incident.title,
    subject_title: incident.subjectTitle ?? incident.title,
    severity: update.severity,
    status: update.status,
    standing: update.retractionReason === null ? update.status : 'retracted',
    retraction_reason: update.retractionReason,
    state: stateOf(update, affected),
    seq: update.seq,
    no_change: update.noChange,
    at: printed(publishedAt),
    promise: update.nextUpdateDueAt && update.nextUpdateDueAt > toldAt ? printed(update.nextUpdateDueAt) : null,
    late_minutes:
      update.promiseKept === false && update.answeredDueAt ? minutesBetween(update.answeredDueAt, publishedAt) : null,
    headline: update.headline === headlineOf(update.body) ? null : update.headline,
    body_text: renderText(update.body),
    body_html: renderHtml(update.body),
    affected,
    // Said only where somebody has said what still works.
    working: [] as string[],
    before: earlier.slice(0, SAID_BEFORE).map((each) => ({ at: printed(each.publishedAt!), headline: each.headline })),
    first: earlier.length === 0,
  }
}

/** What the incident holds now; at the end, what it lets go. */
function affectedIn({ update, held }: Pick<ToldUpdate, 'update' | 'held'>): { name: string; state: ComponentStatus }[] {
  // Of what was never broken, nothing works again.
  if (update.retractionReason !== null) return []
  if (update.status === 'resolved') return update.affected.map(({ name, new_status }) => ({ name, state: new_status }))
  return held
    .filter((component) => component.status !== 'operational')
    .map(({ name, status }) => ({ name, state: status }))
}

function stateOf(update: ToldUpdate['update'], affected: { state: ComponentStatus }[]): ComponentStatus {
  if (update.status === 'resolved') return 'operational'
  return affected.length > 0
    ? worstStatus(affected.map((component) => component.state))
    : SEVERITY[update.severity].componentStatus
}
