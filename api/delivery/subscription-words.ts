import { namesOfComponents } from '../../db/queries/audience.ts'
import type { Subscriber } from '../../db/queries/told.ts'
import { isHidden } from '../domain/eyes.ts'
import type { Reader } from '../domain/times.ts'
import type { Composing, Facts } from './composing.ts'

/** In which zone and language a subscriber reads. */
export const readerOf = ({ timeZone, locale }: Subscriber): Reader => ({ timeZone, language: locale })

/** What a letter to subscribers says of its reader. */
export const choicesOf = (subscriber: Subscriber) => {
  const { timeZone, locale, events, minSeverity, maintenance, componentIds, groupIds } = subscriber
  return { timeZone, locale, events, minSeverity, maintenance, componentIds, groupIds }
}

/** What a letter says of the subscription that it comes by. */
export async function subscriptionWords({ db }: Composing, { subscriber: reader, kept, eyes }: Facts) {
  const subscriber = reader!
  const named = subscriber.componentIds.filter((id) => !isHidden(kept, eyes, id))
  return {
    milestones: subscriber.events === 'milestones',
    components: await namesOfComponents(db, named, subscriber.groupIds),
    min_severity: subscriber.minSeverity,
    maintenance: subscriber.maintenance,
    staff: subscriber.list === 'staff',
  }
}
