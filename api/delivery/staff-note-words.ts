import type { ToldNote } from '../../db/queries/tell-staff.ts'
import { renderHtml, renderText } from '../domain/markdown.ts'
import { printedTime, type Reader } from '../domain/times.ts'
import type { Composed, Facts } from './composing.ts'

/** What is noted for staff, ready for the templates of mail and SMS. */
export const wordsOfNote = ({ note, incident, author }: ToldNote, reader: Reader) => ({
  title: incident.title,
  subject_title: incident.subjectTitle ?? incident.title,
  severity: incident.severity,
  kind: note.kind,
  internal: incident.visibility === 'internal',
  at: printedTime(note.at, note.at, reader),
  author,
  body_text: renderText(note.text),
  body_html: renderHtml(note.text),
})

/** It is written for a list that is looked at again before each message; nobody else is ever sent it. */
export const isForReader = ({ note, subscriber }: Facts): boolean => note !== null && subscriber?.list === 'staff'

export const NOT_STAFF: Composed = { drop: 'suppressed', reason: 'the reader is none of staff' }
