import { z } from 'zod'
import { namesOfComponents } from '../../../db/queries/audience.ts'
import {
  countsByChannel,
  listSubscribers,
  type Subscriber,
  type SubscriberFilter,
} from '../../../db/queries/subscribers.ts'
import { SUBSCRIBER_STATES } from '../../../db/schema.ts'
import { eraseSubscriber } from '../../actions/erase-subscriber.ts'
import { CHANNELS } from '../../domain/attempt.ts'
import type { SubscriberRow, SubscribersScreen } from '../../domain/subscribers-screen.ts'
import { cursorOf, positionOf } from '../paging.ts'
import { type Call, route } from '../route.ts'
import { exported } from '../routes/subscribers.ts'
import { idIn } from './forms.ts'
import { seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const PATH = '/console/subscribers'
const PER_PAGE = 50
const shared = { door: 'page', tag: 'Console', access: 'admin' } as const

/** What the list's form sends; an empty field asks for nothing, and so does one that nobody could have chosen. */
const asked = z.object({
  channel: z.enum(CHANNELS).optional().catch(undefined),
  state: z.enum(SUBSCRIBER_STATES).optional().catch(undefined),
  search: z.string().trim().min(1).max(254).optional().catch(undefined),
  after: z.string().optional(),
})

export const subscriberScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    summary: 'Who hears from us',
    handle: async (call) => show(call.world, 'console/subscribers', await screen(call)),
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${PATH}/export`,
    summary: 'Those that the list shows, as CSV; recorded in the audit',
    handle: (call) => exported(call, filterOf(call), 'csv'),
  }),
  route({
    ...shared,
    method: 'POST',
    path: `${PATH}/:id/erase`,
    summary: 'Erases a subscriber',
    handle: async ({ acting, params }) => {
      await eraseSubscriber(acting, idIn(params, 'subscriber'))
      return seeOther(`${PATH}?notice=subscriber_erased`)
    },
  }),
]

const queryOf = ({ request }: Call) => asked.parse(Object.fromEntries(new URL(request.url).searchParams))

function filterOf(call: Call): SubscriberFilter {
  const { after: _, ...filter } = queryOf(call)
  return filter
}

async function screen(call: Call): Promise<SubscribersScreen> {
  const { db } = call.acting
  const filter = filterOf(call)
  const after = positionOf(queryOf(call).after, ['id'])?.[0]
  const rows = await listSubscribers(db, filter, { after, limit: PER_PAGE + 1 })
  const shown = rows.slice(0, PER_PAGE)
  const last = rows.length > PER_PAGE ? shown.at(-1) : undefined
  const kept = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
  const path = (below: string, more: Record<string, string> = {}) =>
    `${PATH}${below}?${new URLSearchParams({ ...kept, ...more })}`
  return {
    shell: await shellOf(call),
    counts: await countsByChannel(db),
    filter: { values: kept, errors: [] },
    subscribers: await Promise.all(shown.map((row) => rowOf(call, row))),
    moreUrl: last ? path('', { after: cursorOf([last.id]) }) : null,
    exportUrl: path('/export'),
  }
}

const rowOf = async ({ world }: Call, row: Subscriber): Promise<SubscriberRow> => ({
  id: row.id,
  channel: row.channel,
  address: row.address,
  state: row.state,
  chosen: await namesOfComponents(world.db, row.componentIds, row.groupIds),
  minSeverity: row.minSeverity,
  milestonesOnly: row.events === 'milestones',
  onlyFollowed: row.onlyFollowed,
  since: row.confirmedAt.toISOString(),
  pausedUntil: row.pausedUntil?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  consentSource: row.consentSource,
})
