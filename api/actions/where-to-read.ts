import { slugsOf } from '../../db/queries/audiences.ts'
import { audiencesOf, rightsOf } from '../../db/queries/eyes.ts'
import { type ToldDelivery, toldDelivery } from '../../db/queries/told-delivery.ts'
import { incidentUrl, maintenanceUrl } from '../domain/addresses.ts'
import { audienceToReadAs, maySee, PUBLIC_EYES } from '../domain/eyes.ts'
import { readerSite, staffSite } from '../domain/reader-links.ts'
import { Refusal } from '../domain/refusal.ts'
import { verifyShort } from '../domain/signature.ts'
import type { Acting } from './acting.ts'

/**
 * Where the reader of a text message reads on by its short link, as things stand now: on the page of their audience, by a
 * token of their own, or on everybody's. Refused where we did not make the link (404), and when what it told of is
 * nothing for them any more (410).
 */
export async function whereToRead(acting: Acting, token: string): Promise<string> {
  const { db, secrets, urls } = acting
  const id = verifyShort('read', token, secrets)
  if (id === null) throw new Refusal('not_found', 'This link opens nothing. Use the one you were given as it stands.')
  const told = await toldDelivery(db, id)
  if (!told) throw ended()
  if (told.list === 'staff') return pageOf(staffSite(acting, told.subscriberId), told)
  const kept = await audiencesOf(db, told.componentIds)
  const eyes = (await rightsOf(db, [told.subscriberId])).get(told.subscriberId) ?? PUBLIC_EYES
  const audienceId = audienceToReadAs(kept, eyes, told.componentIds)
  if (audienceId === null && !maySee(kept, PUBLIC_EYES, told.componentIds)) throw ended()
  if (audienceId === null) return pageOf(urls.site, told)
  const slug = (await slugsOf(db, [audienceId])).get(audienceId)!
  return pageOf(readerSite(acting, { subscriberId: told.subscriberId, audienceId }, slug), told)
}

const ended = () => new Refusal('gone', 'This link has ended. Ask whoever gave it to you for a new one.')

const pageOf = (site: string, { incidentId, maintenanceId }: ToldDelivery): string =>
  incidentId ? incidentUrl(site, incidentId) : maintenanceUrl(site, maintenanceId!)
