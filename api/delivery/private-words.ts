import { slugsOf } from '../../db/queries/audiences.ts'
import type { Delivery } from '../../db/queries/deliveries.ts'
import { audiencesOf, rightsOf } from '../../db/queries/eyes.ts'
import type { Update } from '../../db/queries/incidents.ts'
import type { ToldUpdate } from '../../db/queries/told.ts'
import { audienceToReadAs, type Eyes, isHidden, type Kept, maySee } from '../domain/eyes.ts'
import type { Composing, Facts } from './composing.ts'

/** What readers may see at this moment: looked up for every batch, since a right may have ended after the row was written. */
export interface Privacy {
  kept: Kept
  rights: ReadonlyMap<string, Eyes>
  /** The names in addresses of the audiences that may see what is private. */
  slugs: ReadonlyMap<string, string>
}

type Told = Pick<Facts, 'told' | 'correction' | 'maintenance' | 'holdingNotice'>

/** Components that an announcement concerns. */
const concerned = ({ told, correction, maintenance, holdingNotice }: Told): string[] =>
  [told?.held, correction?.held, maintenance?.components, holdingNotice?.held].flatMap((each) =>
    (each ?? []).map(({ id }) => id),
  )

/** Components that a reader's choices name. */
export async function privacyOf(
  { db }: Composing,
  deliveries: readonly Delivery[],
  told: readonly Told[],
  chosen: readonly string[],
): Promise<Privacy> {
  const kept = await audiencesOf(db, [...new Set([...told.flatMap(concerned), ...chosen])])
  if (kept.size === 0) return { kept, rights: new Map(), slugs: new Map() }
  return {
    kept,
    rights: await rightsOf(db, [...new Set(deliveries.flatMap(({ subscriberId }) => subscriberId ?? []))]),
    slugs: await slugsOf(db, [...new Set([...kept.values()].flat())]),
  }
}

/** What an announcement tells somebody with these eyes, without a word about what is hidden; null where they hear nothing. */
export function toldTo<Common extends Told>(common: Common, kept: Kept, eyes: Eyes): Common | null {
  if (kept.size === 0) return common
  if (!maySee(kept, eyes, concerned(common))) return null
  const { told, maintenance } = common
  const seen = <Named extends { id: string }>(named: readonly Named[]): Named[] =>
    named.filter(({ id }) => !isHidden(kept, eyes, id))
  return {
    ...common,
    told: told && updateSeen(told, seen),
    maintenance: maintenance && { ...maintenance, components: seen(maintenance.components) },
  }
}

/** The audience on whose page these eyes read of an announcement; null where that is everybody's. */
export function readOn(
  common: Told,
  { kept, slugs }: Omit<Privacy, 'rights'>,
  eyes: Eyes,
): { id: string; slug: string } | null {
  const id = kept.size === 0 ? null : audienceToReadAs(kept, eyes, concerned(common))
  return id === null ? null : { id, slug: slugs.get(id)! }
}

type Seen = <Named extends { id: string }>(named: readonly Named[]) => Named[]

const updateSeen = (told: ToldUpdate, seen: Seen): ToldUpdate => {
  const without = (update: Update): Update => ({ ...update, affected: seen(update.affected) })
  return { ...told, update: without(told.update), held: seen(told.held), earlier: told.earlier.map(without) }
}
