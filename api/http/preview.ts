import type { Transaction } from '../../db/client.ts'
import { type Concern, concernOf } from '../../db/queries/audience.ts'
import { allComponents } from '../../db/queries/components.ts'
import { lookThrough } from '../../db/queries/eyes.ts'
import { componentsHeldBy, type Update } from '../../db/queries/incidents.ts'
import { namesOfStaff, theOrganisation } from '../../db/queries/people.ts'
import { readIncidents } from '../../db/queries/public-incidents.ts'
import { type ChannelReach, reachByChannel } from '../../db/queries/reach.ts'
import { readSnapshot } from '../../db/queries/snapshot.ts'
import wordingWords from '../../templates/words/wording.json' with { type: 'json' }
import type { PostUpdate } from '../actions/post-update.ts'
import { previewUpdate } from '../actions/preview-update.ts'
import { type PreviewedMessages, previewMessages } from '../delivery/preview.ts'
import type { Channel } from '../domain/attempt.ts'
import { incidentPage } from '../domain/page-views.ts'
import { type Preview, secondsToSend } from '../domain/preview.ts'
import { checkWording } from '../domain/wording.ts'
import type { Call } from './route.ts'
import type { World } from './world.ts'

/**
 * What each audience would get of an update: composed inside a post that is taken back, counted and rendered after it, so
 * that nobody else's post waits for that. Refused as the post itself would be.
 */
export async function previewOf(
  { world, acting }: Call,
  incidentId: string,
  input: PostUpdate,
  expectedVersion: number | null,
): Promise<Preview> {
  const seen = await previewUpdate(acting, incidentId, input, expectedVersion, async (tx, update) => ({
    update,
    total: await isTotal(tx, update),
    outside: update.audience === 'public' ? await outsideOf(world, tx, update) : null,
  }))
  return {
    body: seen.update.body,
    nextUpdateDueAt: seen.update.nextUpdateDueAt,
    outside: seen.outside && (await finished(world, seen.update, seen.outside)),
    warnings: input.body === undefined ? [] : await warningsOf(world, seen.update, seen.total),
  }
}

/** Whether "outage" is a true word: something is, or was until now, wholly down. */
async function isTotal(tx: Transaction, { incidentId, affected }: Update): Promise<boolean> {
  const held = (await componentsHeldBy(tx, [incidentId])).get(incidentId) ?? []
  return [...held.map(({ status }) => status), ...affected.map((each) => each.old_status)].includes('major_outage')
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
  const reach = notify ? await reachByChannel(world.db, concern) : []
  const { email, sms, webhook } = messages
  return {
    page: { html: (await world.render('/incident', page)).toWellFormed() },
    email: { ...email, recipients: countOf(reach, 'email') },
    sms: {
      ...sms,
      recipients: countOf(reach, 'sms'),
      seconds: secondsToSend(segmentsOf(reach, messages), world.sending.segmentsPerSecond),
    },
    webhook: { ...webhook, recipients: countOf(reach, 'webhook') },
  }
}

const ofChannel = (reach: readonly ChannelReach[], channel: Channel) => reach.filter((each) => each.channel === channel)

const countOf = (reach: readonly ChannelReach[], channel: Channel): number =>
  ofChannel(reach, channel).reduce((sum, { count }) => sum + count, 0)

const segmentsOf = (reach: readonly ChannelReach[], { segments, sms }: PreviewedMessages): number =>
  ofChannel(reach, 'sms').reduce((sum, { locale, count }) => sum + count * (segments[locale] ?? sms.segments), 0)

async function warningsOf({ db }: World, { body, status }: Update, total: boolean): Promise<Preview['warnings']> {
  const ours = [(await theOrganisation(db))?.name ?? '', ...(await allComponents(db)).map(({ name }) => name)]
  const warnings = checkWording({ body, status, total, staff: await namesOfStaff(db), ours })
  return warnings.map((warning) => ({ ...warning, message: wordingWords[warning.code] }))
}
