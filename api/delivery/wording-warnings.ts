import type { Queryable } from '../../db/client.ts'
import { allComponents } from '../../db/queries/components.ts'
import { componentsHeldBy, type Update } from '../../db/queries/incidents.ts'
import { namesOfStaff, theOrganisation } from '../../db/queries/people.ts'
import advice from '../../templates/words/wording/advice.json' with { type: 'json' }
import { headlineOf } from '../domain/headline.ts'
import { checkWording, type WordingWarning } from '../domain/wording.ts'
import { WORDING } from './wording-rules.ts'

/** The headline that somebody wrote for an update; null where its first sentence leads. */
export const ownHeadline = ({ headline, body }: Pick<Update, 'headline' | 'body'>): string | null =>
  headline === headlineOf(body) ? null : headline

/** Whether "outage" is a true word: something is, or was until now, wholly down. */
export async function isTotal(reader: Queryable, { incidentId, affected }: Update): Promise<boolean> {
  const held = (await componentsHeldBy(reader, [incidentId])).get(incidentId) ?? []
  return [...held.map(({ status }) => status), ...affected.map((each) => each.old_status)].includes('major_outage')
}

/**
 * What the wording check has to say about an update (standards C18, C20), in words for its author; nothing about words that
 * come from a template of ours.
 */
export async function wordingWarnings(
  reader: Queryable,
  update: Update,
  total: boolean,
): Promise<(WordingWarning & { message: string })[]> {
  if (update.noChange) return []
  const { body, status } = update
  const ours = [(await theOrganisation(reader))?.name ?? '', ...(await allComponents(reader)).map(({ name }) => name)]
  const staff = await namesOfStaff(reader)
  const warnings = checkWording({ headline: ownHeadline(update), body, status, total, staff, ours }, WORDING)
  return warnings.map((warning) => ({ ...warning, message: advice[warning.code] }))
}
