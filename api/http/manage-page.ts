import { hearsNothing } from '../../db/queries/choice-gone.ts'
import { knownOutside } from '../../db/queries/public-incidents.ts'
import { eyesOf } from '../../db/queries/staff-readers.ts'
import type { Subscriber } from '../../db/queries/subscribers.ts'
import { maskAddress } from '../domain/mask.ts'
import type { ManagePage, PreferenceForm } from '../domain/pages.ts'
import type { FieldError } from '../domain/refusal.ts'
import { PAUSES, type Pause } from '../domain/subscription.ts'
import { unsubscribeUrl } from '../domain/subscription-links.ts'
import type { Call } from './route.ts'
import { publicNow } from './snapshot-now.ts'

/** What has come of a form of the page. */
export interface Shown {
  /** As it was typed, where it was refused. */
  typed?: PreferenceForm
  errors?: FieldError[]
  notice?: ManagePage['notice']
}

/** The page of a reader's own choices. It tells nothing of who they are: its link may have been forwarded. */
export async function managePage(
  call: Call,
  subscriber: Subscriber,
  { typed, errors = [], notice = null }: Shown,
): Promise<ManagePage> {
  const { acting, world, request } = call
  const { company, groups } = await publicNow(world, await eyesOf(world.db, subscriber))
  const now = await acting.clock(acting.db)
  const { pausedUntil } = subscriber
  const token = new URL(request.url).search
  const own = (below: string) => `/subscriptions/manage${below}${token}`
  return {
    company,
    channel: subscriber.channel,
    address: maskAddress(subscriber.address),
    ended: subscriber.state !== 'active',
    hearsNothing: await hearsNothing(world.db, subscriber.id),
    groups,
    form: typed ?? chosenBy(subscriber),
    errors,
    followed: await knownOutside(world.db, subscriber.followedIncidentIds),
    onlyFollowed: subscriber.onlyFollowed,
    pausedUntil: pausedUntil && pausedUntil > now ? pausedUntil.toISOString() : null,
    pauses: Object.keys(PAUSES) as Pause[],
    notice,
    links: {
      save: own(''),
      pause: own('/pause'),
      data: own('/data'),
      erase: own('/erase'),
      unsubscribe: unsubscribeUrl(acting, subscriber.id),
    },
  }
}

const chosenBy = (subscriber: Subscriber): PreferenceForm => ({
  components: subscriber.componentIds,
  groups: subscriber.groupIds,
  minSeverity: subscriber.minSeverity,
  events: subscriber.events,
  maintenance: subscriber.maintenance,
  locale: subscriber.locale,
  timeZone: subscriber.timeZone,
  quietFrom: subscriber.quietFrom ?? '',
  quietTo: subscriber.quietTo ?? '',
})
