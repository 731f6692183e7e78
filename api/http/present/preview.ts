import { z } from 'zod'
import { durationOf, SECOND } from '../../domain/duration.ts'
import type { Preview } from '../../domain/preview.ts'
import { WORDED_FIELDS, WORDING_CODES } from '../../domain/wording.ts'
import { timeOrNull } from './time.ts'

const recipients = z.int()

export const previewAnswer = z.strictObject({
  next_update_due_at: z.iso.datetime().nullable(),
  /** These four are null for an internal incident: nobody outside is told. */
  page: z.strictObject({ html: z.string() }).nullable(),
  email: z.strictObject({ subject: z.string(), text: z.string(), html: z.string(), recipients }).nullable(),
  sms: z
    .strictObject({
      text: z.string(),
      encoding: z.enum(['GSM-7', 'UCS-2']),
      segments: z.int(),
      recipients,
      /** Of all that go out, each in its reader's language: what the carrier charges for. */
      total_segments: z.int(),
      /** How long it takes to hand all of them over, at SMS_SEGMENTS_PER_SECOND. */
      estimated: z.string(),
    })
    .nullable(),
  /** The body as it is signed and sent. */
  webhook: z.strictObject({ body: z.string(), recipients }).nullable(),
  /** `at`: characters of the field from the first to behind the last; null for what is missing. */
  warnings: z.array(
    z.strictObject({
      code: z.enum(WORDING_CODES),
      message: z.string(),
      field: z.enum(WORDED_FIELDS),
      at: z.tuple([z.int(), z.int()]).nullable(),
    }),
  ),
})

/** What an update would be, as the API answers it. */
export const previewJson = ({ nextUpdateDueAt, outside, warnings }: Preview): z.infer<typeof previewAnswer> => ({
  next_update_due_at: timeOrNull(nextUpdateDueAt),
  page: outside?.page ?? null,
  email: outside?.email ?? null,
  sms: outside && smsJson(outside.sms),
  webhook: outside?.webhook ?? null,
  warnings: warnings.map(({ code, message, field, at }) => ({ code, message, field, at })),
})

const smsJson = ({ seconds, totalSegments, ...sms }: NonNullable<Preview['outside']>['sms']) => ({
  ...sms,
  total_segments: totalSegments,
  estimated: durationOf(seconds * SECOND),
})
