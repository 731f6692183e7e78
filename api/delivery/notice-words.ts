import type { ToldNotice } from '../../db/queries/holding-notices.ts'
import { printedTime, type Reader } from '../domain/times.ts'
import type { Composed } from './composing.ts'

/** What a holding notice says, ready for the templates of mail and SMS; the same on every channel (standards C19). */
export function wordsOfNotice({ notice, incident }: ToldNotice, reader: Reader) {
  const { language } = reader
  return {
    title: incident.title,
    subject_title: incident.subjectTitle ?? incident.title,
    severity: incident.severity,
    at: printedTime(notice.publishedAt, notice.publishedAt, reader),
    /** Nobody has spoken of it outside yet. */
    first: incident.firstPublicUpdateAt === null,
    body: inLanguage(notice.words, language),
  }
}

const inLanguage = (words: ToldNotice['notice']['words'], language: string): string =>
  language in words ? words[language as keyof typeof words] : words.en

/** Readers want the latest word: once we have spoken there is nothing to hold them with. A log of events keeps it. */
export const spokenSince = ({ notice, incident }: ToldNotice): Extract<Composed, { drop: string }> | null =>
  incident.updateSeq === notice.afterSeq && incident.status !== 'resolved'
    ? null
    : { drop: 'superseded', reason: 'we have spoken since' }
