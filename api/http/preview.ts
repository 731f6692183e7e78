import type { Transaction } from '../../db/client.ts'
import { type Concern, concernOf } from '../../db/queries/audience.ts'
import { lookThrough } from '../../db/queries/eyes.ts'
import type { Update } from '../../db/queries/incidents.ts'
import { readIncidents } from '../../db/queries/public-incidents.ts'
import type { ChannelReach } from '../../db/queries/reach.ts'
import { readSnapshot } from '../../db/queries/snapshot.ts'
import type { Acting } from '../actions/acting.ts'
import type { PostUpdate } from '../actions/post-update.ts'
import { previewUpdate } from '../actions/preview-update.ts'
import { type PreviewedMessages, previewMessages } from '../delivery/preview.ts'
import { isTotal, ownHeadline, wordingWarnings } from '../delivery/wording-warnings.ts'
import { incidentPage } from '../domain/page-views.ts'
import { type Preview, secondsToSend } from '../domain/preview.ts'
import { countOf, reachOf } from './reach.ts'
import type { Call } from './route.ts'
import type { World } from './world.ts'

/**
 * What each audience would get of an update: composed inside a post that is taken back, counted and rendered after it, so
 * that nobody else's post waits for that. Refused as the post itself would be.
 */
export const previewOf = async (...what: Previewed): Promise<Preview> =>
  (await previewBeside(what, async () => null)).preview

/** The call, the incident, the update, and the version that its author saw. */
type Previewed = [call: Call, incidentId: string, input: PostUpdate, expectedVersion: number | null]

/** The same, with what `look` sees beside it in the world in which the update is out. */
export async function previewBeside<Beside>(
  [{ world, acting }, incidentId, input, expectedVersion]: Previewed,
  look: (inside: Acting) => Promise<Beside>,
): Promise<{ preview: Preview; beside: Beside }> {
  const seen = await previewUpdate(acting, incidentId, input, expectedVersion, async (tx, update) => ({
    update,
    total: await isTotal(tx, update),
    outside: update.audience === 'public' ? await outsideOf(world, tx, update) : null,
    beside: await look({ ...acting, db: tx }),
  }))
  const preview = {
    headline: ownHeadline(seen.update),
    body: seen.update.body,
    nextUpdateDueAt: seen.update.nextUpdateDueAt,
    outside: seen.outside && (await finished(world, seen.update, seen.outside)),
    warnings: await wordingWarnings(world.db, seen.update, seen.total),
  }
  return { preview, beside: seen.beside }
}

async function outsideOf({ clock, templates, secrets, urls, sending }: World, tx: Transaction, update: Update) {
  const concern = await concernOf(tx, update)
  const audienceIds = readBy(concern)
  if (audienceIds.length > 0) await lookThrough(tx, audienceIds)
  const [incident] = await readIncidents(tx, [update.incidentId])
  const address = { publicUrl: urls.site, apiUrl: urls.api }
  const composing = { templates, secrets, urls, sender: sending.sender }
  return {
    page: incidentPage(await readSnapshot(tx), address, incident!),
    concern,
    messages: await previewMessages(composing, tx, update, audienceIds, await clock(tx)),
  }
}

/** Whose eyes an update is previewed with: everybody's, where everybody may read it, else those of its audiences together. */
const readBy = ({ scopes }: Concern): string[] =>
  scopes.some(({ audienceId }) => audienceId === null) ? [] : scopes.flatMap(({ audienceId }) => audienceId ?? [])

async function finished(
  world: World,
  { notify }: Update,
  { page, concern, messages }: Awaited<ReturnType<typeof outsideOf>>,
): Promise<Preview['outside']> {
  const reach = notify ? await reachOf(world, concern) : []
  const { email, sms, webhook } = messages
  const totalSegments = segmentsOf(reach, messages)
  return {
    page: { html: (await world.render('/incident', page)).toWellFormed() },
    email: { ...email, recipients: countOf(reach, 'email') },
    sms: {
      ...sms,
      recipients: countOf(reach, 'sms'),
      totalSegments,
      seconds: secondsToSend(totalSegments, world.sending.segmentsPerSecond),
    },
    webhook: { ...webhook, recipients: countOf(reach, 'webhook') },
  }
}

/** Segments of all SMS, each in its reader's language. */
const segmentsOf = (reach: readonly ChannelReach[], { segments, sms }: PreviewedMessages): number =>
  reach
    .filter(({ channel }) => channel === 'sms')
    .reduce((sum, { locale, count }) => sum + count * (segments[locale] ?? sms.segments), 0)
