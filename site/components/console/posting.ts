import type { ApprovalAhead, Composer } from '../../../api/domain/room.ts'
import words from '../../messages/console.json' with { type: 'json' }
import { people } from './time.ts'

/** What the button that counts reads, by what is posted: an update, the end, or something for the page alone. */
export type PostKind = 'update' | 'resolution' | 'page_only'

/** Its words for each, at a severity. */
export function buttonLabels(reach: Composer['reach'], ahead: ApprovalAhead | null): Record<PostKind, string> {
  const asks = ahead !== null && ahead.leavesAt !== null
  const to = (count: number) =>
    `${asks ? words.approval_ahead.ask_to_post : words.approval_ahead.post} ${people(count)}`
  const alone = asks ? words.approval_ahead.ask_page_only : words.approval_ahead.page_only
  return { update: to(reach.update), resolution: to(reach.resolution), page_only: alone }
}

/** What a form with these fields posts. */
export function kindOf(fields: Record<string, string>): PostKind {
  if (fields.page_only === 'on') return 'page_only'
  return fields.status === 'resolved' ? 'resolution' : 'update'
}
