import { wholeBriefing } from '../../db/queries/briefings.ts'
import { namesOfPeople } from '../../db/queries/names.ts'
import type { PostBriefing } from '../actions/briefing-fields.ts'
import { previewBriefing } from '../actions/preview-briefing.ts'
import { previewBriefingMessages } from '../delivery/preview-briefing.ts'
import type { BriefingPreview } from '../domain/briefing-preview.ts'
import type { Call } from './route.ts'

/** What executives would get of a briefing: composed inside a post that is taken back. Refused as the post itself would be. */
export const briefingPreviewOf = (
  { world, acting }: Pick<Call, 'world' | 'acting'>,
  incidentId: string,
  input: PostBriefing,
): Promise<BriefingPreview> =>
  previewBriefing(acting, incidentId, input, async (tx, briefing) => {
    const { templates, secrets, urls, sending, clock } = world
    const composing = { templates, secrets, urls, sender: sending.sender }
    const { recipients } = await wholeBriefing(tx, briefing)
    const names = await namesOfPeople(
      tx,
      recipients.map(({ personId }) => personId),
    )
    return {
      wordCount: briefing.wordCount,
      nextDueAt: briefing.nextBriefingDueAt,
      people: recipients.map(({ personId: id, channels }) => ({ id, name: names.get(id)!, channels })),
      ...(await previewBriefingMessages(composing, tx, briefing.id, await clock(tx))),
    }
  })
