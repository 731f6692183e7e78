import type { ToldMaintenance } from '../../db/queries/told-maintenance.ts'
import { headlineOf } from '../domain/headline.ts'
import { renderHtml, renderText } from '../domain/markdown.ts'
import { printedTime, printedWindow, type Reader } from '../domain/times.ts'

/** What a step of a maintenance says, ready for the templates of mail and SMS; the window is the one told then. */
export const wordsOfMaintenance = ({ step, maintenance, components }: ToldMaintenance, reader: Reader) => ({
  title: maintenance.title,
  subject_title: maintenance.subjectTitle,
  step: step.step,
  at: printedTime(step.publishedAt, step.publishedAt, reader),
  window: printedWindow(step.scheduledFor, step.scheduledUntil, reader),
  /** Nothing more comes of it. */
  over: step.status === 'completed' || step.status === 'cancelled',
  affected: components.map((component) => component.name),
  /** Null where the body begins with the very title. */
  headline: headlineOf(step.body) === maintenance.title ? null : maintenance.title,
  body_text: renderText(step.body),
  body_html: renderHtml(step.body),
})
