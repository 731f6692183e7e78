import { alertsOfDrafts, draftById, type ToldDraft } from '../../../db/queries/alert-drafts.ts'
import type { Reader } from '../../../db/queries/cadence.ts'
import { dismissDraft } from '../../actions/declare-from-draft.ts'
import type { DeclareScreen, DraftRow } from '../../domain/screens.ts'
import { type Call, route } from '../route.ts'
import { idIn } from './forms.ts'
import { seeOther } from './page.ts'

export const alertDraftScreenRoutes = [
  route({
    method: 'POST',
    path: '/console/drafts/:id/dismiss',
    door: 'page',
    access: 'responder',
    summary: 'Says that a draft of alerts is nothing to declare',
    tag: 'Console',
    handle: async ({ acting, params }: Call) => {
      await dismissDraft(acting, idIn(params, 'draft'))
      return seeOther('/console?notice=draft_dismissed')
    },
  }),
]

/** A draft of alerts as a list tells it. */
export const draftRow = (draft: ToldDraft): DraftRow => ({
  id: draft.id,
  title: draft.title,
  source: draft.source.name,
  detectedAt: draft.detectedAt.toISOString(),
  firing: draft.firing,
  alertCount: draft.alertCount,
})

/** As many alerts as help to write a sentence. */
const SHOWN = 5

/** The draft that a form of declaring comes from; null when none is named, or an incident was declared from it already. */
export async function draftToShow(reader: Reader, id: string | undefined): Promise<DeclareScreen['draft']> {
  if (!/^[a-z0-9]{12}$/.test(id ?? '')) return null
  const draft = await draftById(reader, id!)
  if (!draft || draft.state === 'declared') return null
  const alerts = (await alertsOfDrafts(reader, [draft.id])).get(draft.id) ?? []
  const told = alerts.slice(0, SHOWN).map(({ title, url, resolvedAt }) => ({ title, url, firing: resolvedAt === null }))
  return { ...draftRow(draft), alerts: told }
}
