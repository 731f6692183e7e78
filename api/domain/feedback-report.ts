import { fieldGroupsOf } from './report-fields.ts'

/** What a feedback report (RFC 5965) says. */
export interface Feedback {
  /** Somebody called our message spam; other kinds (fraud, virus, not-spam, auth-failure) say nothing of their wish. */
  isComplaint: boolean
  type: string
  /** The sender that our message was handed over with, when the report names it. */
  originalMailFrom: string | null
}

/** Reads the part `message/feedback-report`; null without the fields that it must have (standards E38). */
export function readFeedback(part: string): Feedback | null {
  const fields = fieldGroupsOf(part)[0]
  const type = fields?.get('feedback-type')?.toLowerCase()
  if (!fields || !type || !fields.has('user-agent') || !fields.has('version')) return null
  return { isComplaint: type === 'abuse', type, originalMailFrom: fields.get('original-mail-from') ?? null }
}
