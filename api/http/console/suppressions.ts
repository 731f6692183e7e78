import { type InboundMessage, inboundMessageRows } from '../../../db/queries/inbound-messages.ts'
import { type ListedSuppression, suppressionRows } from '../../../db/queries/suppression-list.ts'
import { liftSuppression } from '../../actions/lift-suppression.ts'
import { suppress, suppressInput } from '../../actions/suppress.ts'
import { maskAddress } from '../../domain/mask.ts'
import type { ReplyRow, SuppressionRow, SuppressionsScreen } from '../../domain/suppressions-screen.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { cursorOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/suppressions'
const PER_PAGE = 50
/** Replies that are shown; older ones are read by the API. */
const REPLIES = 20
const shared = { door: 'page', tag: 'Console', access: 'admin' } as const

export const suppressionScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    summary: 'Addresses that nothing is sent to any more',
    handle: async (call) => show(call.world, 'console/suppressions', await screen(call)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: PATH,
    summary: 'Suppresses an address by hand',
    handle: async (call) => {
      const { channel, address = '' } = call.form
      const done = await attempt(() => suppress(call.acting, checked(suppressInput, { channel, address })))
      if ('done' in done) return seeOther(`${PATH}?notice=suppressed`)
      const adding = refusedForm(call.form, done.refused)
      return show(call.world, 'console/suppressions', await screen(call, adding), statusOf(done.refused))
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/lift`,
    summary: 'Lifts a suppression',
    handle: async ({ acting, params }) => {
      await liftSuppression(acting, idIn(params, 'suppression'))
      return seeOther(`${PATH}?notice=suppression_lifted`)
    },
  }),
]

async function screen(call: Call, adding = emptyForm()): Promise<SuppressionsScreen> {
  const before = new URL(call.request.url).searchParams.get('before') ?? undefined
  const [createdAt, id] = positionOf(before, ['time', 'id']) ?? []
  const after = createdAt && id ? { createdAt: new Date(createdAt), id } : undefined
  const rows = await suppressionRows(call.acting.db, { state: 'all' }, { after, limit: PER_PAGE + 1 })
  const shown = rows.slice(0, PER_PAGE)
  const last = shown.at(-1)
  const older = rows.length > PER_PAGE && last ? cursorOf([last.createdAt.toISOString(), last.id]) : null
  return {
    shell: await shellOf(call),
    suppressions: shown.map(rowOf),
    olderUrl: older && `${PATH}?before=${encodeURIComponent(older)}`,
    replies: (await inboundMessageRows(call.acting.db, 'unmatched', { limit: REPLIES })).map(replyOf),
    adding,
  }
}

const replyOf = ({ id, addressKey, body, receivedAt }: InboundMessage): ReplyRow => ({
  id,
  address: addressKey,
  text: body,
  at: receivedAt.toISOString(),
})

const rowOf = (row: ListedSuppression): SuppressionRow => ({
  id: row.id,
  channel: row.channel,
  address: row.addressKey && maskAddress(row.addressKey),
  reason: row.reason,
  source: row.source,
  code: row.code,
  at: row.createdAt.toISOString(),
  lifted: row.liftedAt && { at: row.liftedAt.toISOString(), by: row.liftedByName },
})
