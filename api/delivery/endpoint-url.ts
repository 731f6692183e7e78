import type { Delivery } from '../../db/queries/deliveries.ts'
import { DAY, plus } from '../domain/duration.ts'
import { signedUntil } from '../domain/signature.ts'
import type { Composing } from './composing.ts'

/** How long a link to the settings of an endpoint works; the newest event always holds a good one. */
const LINK_LIFE = 30 * DAY

/** The page where the owner of an endpoint sees how it fares, gets a new secret and enables it again. */
export const endpointUrl = (
  { urls, secrets }: Pick<Composing, 'urls' | 'secrets'>,
  { subscriberId, queuedAt }: Delivery,
): string =>
  `${urls.api}/subscriptions/endpoint?token=${signedUntil('endpoint', subscriberId!, plus(queuedAt, LINK_LIFE), secrets)}`
