import { z } from 'zod'
import { BRIEFING_CHANNELS } from '../../domain/briefing.ts'
import type { BriefingPreview } from '../../domain/briefing-preview.ts'
import { timeOrNull } from './time.ts'

/** `to`: the person whose message is shown, the first whom it would reach there. */
const to = z.string()

export const briefingPreviewAnswer = z.strictObject({
  word_count: z.int(),
  next_briefing_due_at: z.iso.datetime().nullable(),
  recipients: z.int(),
  sent_to: z.array(
    z.strictObject({ person_id: z.string(), name: z.string(), channels: z.array(z.enum(BRIEFING_CHANNELS)) }),
  ),
  /** These are null where nobody would get it by that channel. */
  email: z.strictObject({ to, subject: z.string(), text: z.string(), html: z.string() }).nullable(),
  sms: z.strictObject({ to, text: z.string(), encoding: z.enum(['GSM-7', 'UCS-2']), segments: z.int() }).nullable(),
  webhook: z.strictObject({ to, body: z.string() }).nullable(),
})

/** What a briefing would be, as the API answers it. */
export const briefingPreviewJson = ({
  wordCount,
  nextDueAt,
  people,
  email,
  sms,
  webhook,
}: BriefingPreview): z.infer<typeof briefingPreviewAnswer> => ({
  word_count: wordCount,
  next_briefing_due_at: timeOrNull(nextDueAt),
  recipients: people.length,
  sent_to: people.map(({ id, name, channels }) => ({ person_id: id, name, channels })),
  email,
  sms,
  webhook,
})
