import type { ToldCorrection } from '../../db/queries/told-correction.ts'
import { headlineOf, shorten } from '../domain/headline.ts'
import { renderHtml, renderText } from '../domain/markdown.ts'
import { printedTime, type Reader } from '../domain/times.ts'

/** How much of the former words an SMS repeats, in characters. */
const REPEATED = 60

/**
 * What a correction says, ready for the templates: what was wrong, what is right, and nothing else. It may arrive after
 * news that is newer than itself, so it tells neither how the incident stands nor what is promised (standards R7).
 */
export function wordsOfCorrection({ correction, update, incident, saidAt }: ToldCorrection, reader: Reader) {
  const printed = (at: Date) => printedTime(at, correction.createdAt, reader)
  return {
    title: incident.title,
    subject_title: incident.subjectTitle ?? incident.title,
    seq: update.seq,
    at: printed(correction.createdAt),
    said_at: printed(saidAt),
    body_text: renderText(correction.body),
    body_html: renderHtml(correction.body),
    previous_lines: renderText(correction.previousBody).split('\n'),
    previous_html: renderHtml(correction.previousBody),
    previous_short: shorten(headlineOf(correction.previousBody), REPEATED),
    reason: correction.reason,
  }
}
