import { atOneInstant, readSnapshot } from '../../db/queries/snapshot.ts'
import { type Eyes, PUBLIC_EYES } from '../domain/eyes.ts'
import { homePage, subscribePage } from '../domain/page-views.ts'
import type { ChoiceGroup, Company, IncidentView } from '../domain/pages.ts'
import type { World } from './world.ts'

/** What the pages of subscribers show besides their question. */
export interface PublicNow {
  company: Company
  /** Open incidents with their latest word. */
  incidents: IncidentView[]
  /** Every component there is to choose. */
  groups: ChoiceGroup[]
}

/** What outsiders may see at this moment, through the same snapshot that is published; with a reader's own eyes, theirs. */
export async function publicNow(world: World, eyes: Eyes = PUBLIC_EYES): Promise<PublicNow> {
  const snapshot = await atOneInstant(world.db, (tx) => readSnapshot(tx), eyes)
  const address = { publicUrl: world.urls.site, apiUrl: world.urls.api }
  const { company, incidents } = homePage(snapshot, address)
  return { company, incidents, groups: subscribePage(snapshot, address).groups }
}
