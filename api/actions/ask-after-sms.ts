import { takeToHearOf } from '../../db/queries/rescue.ts'
import { type Hearing, recordSmsStatus } from './record-sms-status.ts'

/** Answers what has become of a message at the carrier; null when it cannot be asked now. */
export type AskCarrier = (providerId: string) => Promise<{ status: string; code: number | null } | null>

/** Callbacks get lost: asks about texts that nothing was heard of, and writes the answer as if it had called back (S15). */
export async function askAfterSms(hearing: Hearing, ask: AskCarrier): Promise<void> {
  for (const { id, providerId } of await takeToHearOf(hearing.db)) {
    const news = await ask(providerId!)
    if (!news) continue
    const ErrorCode = news.code === null ? undefined : String(news.code)
    const status = { delivery: id, MessageSid: providerId!, MessageStatus: news.status, ErrorCode }
    await recordSmsStatus(hearing, status)
  }
}
