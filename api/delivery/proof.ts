import type { Delivery } from '../../db/queries/deliveries.ts'
import { DAY, plus } from '../domain/duration.ts'
import { signedUntil } from '../domain/signature.ts'
import type { Composing } from './composing.ts'

/** How long the link in a test alert proves that its address is the reader's. */
const PROOF_LINK = DAY

/** The page where somebody who got a test alert says that the address is theirs; its token names the delivery. */
export const proofUrl = ({ urls, secrets }: Pick<Composing, 'urls' | 'secrets'>, delivery: Delivery): string =>
  `${urls.api}/console/proof?token=${signedUntil('proof', delivery.id, plus(delivery.queuedAt, PROOF_LINK), secrets)}`
