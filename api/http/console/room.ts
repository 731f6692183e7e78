import { dropDraft } from '../../../db/queries/drafts.ts'
import { type Update, updatesOf } from '../../../db/queries/incidents.ts'
import type { Acting } from '../../actions/acting.ts'
import { keepText } from '../../actions/keep-draft.ts'
import { postUpdate, postUpdateInput } from '../../actions/post-update.ts'
import { reopenIncident, reopenIncidentInput } from '../../actions/reopen-incident.ts'
import type { Refusal } from '../../domain/refusal.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { besideBriefing } from './briefing-fields.ts'
import { brief, briefAlong, speaksToExecutives } from './briefings.ts'
import { draftNameOf, saidAlready } from './composer.ts'
import { isNoChange, versionIn } from './composer-fields.ts'
import { pageAlone, previewComposed } from './composer-preview.ts'
import { pressed, typed } from './forms.ts'
import { attempt, show } from './page.ts'
import { composed, incidentOf, roomAgain } from './room-forms.ts'
import { roomScreen } from './room-screen.ts'
import { useWordsInRoom } from './room-words.ts'
import { backToRoom } from './spoken.ts'

const shared = { door: 'page', tag: 'Console' } as const

export const roomRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/console/incidents/:id',
    access: 'viewer',
    summary: 'The incident room',
    handle: async (call) => show(call.world, 'console/incident', await roomScreen(call, await incidentOf(call))),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/console/incidents/:id/updates',
    access: 'responder',
    summary: 'Publishes what the composer holds, briefs, shows what either would be, or puts ready words into it',
    handle: post,
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/console/incidents/:id/reopening',
    access: 'responder',
    summary: 'Opens a resolved incident again',
    handle: reopen,
  }),
]

async function post(call: Call): Promise<Response> {
  const { acting, form } = call
  if (pressed(form, 'preview')) return previewComposed(call)
  if (pressed(form, 'preview_page')) return pageAlone(call)
  if (pressed(form, 'use_words')) return useWordsInRoom(call)
  if (speaksToExecutives(form)) return brief(call)
  const incident = await incidentOf(call)
  const { input, place } = await composed(call, incident)
  const done = await attempt(() =>
    acting.db.transaction(async (tx) => {
      const inside = { ...acting, db: tx }
      const update = await postUpdate(inside, incident.id, checked(postUpdateInput, input), versionIn(form))
      await settleDraft(inside, update, form)
      return update
    }),
  )
  const twin = 'refused' in done ? await sameInHand(call, done.refused) : null
  if (twin) return backToRoom(acting, incident.id, 'posted')
  const along = await briefAlong(call, incident.id, done)
  if (along.refused) return along.refused
  return 'done' in done
    ? backToRoom(acting, incident.id, 'posted')
    : roomAgain(along.call, done.refused, place, along.briefing)
}

/** What was posted is no draft any more. "No material change" posts the template's words: the author's own are kept. */
async function settleDraft(acting: Acting, update: Update, form: Call['form']): Promise<void> {
  const { incidentId } = update
  const name = draftNameOf(incidentId)
  if (!isNoChange(form) || !typed(form, 'body')) return dropDraft(acting.db, acting.actor.personId, name)
  const { no_change: _, page_only: __, ...fields } = besideBriefing(form)
  const version = String((await found(acting, incidentId)).version)
  await keepText(acting, name, { ...fields, version, seq: String(update.seq + 1) })
}

/** Two presses of one button are one post: what the first one posted; null where this was none. */
async function sameInHand({ acting, form, params }: Call, refused: Refusal): Promise<Update | null> {
  if (refused.kind !== 'stale' && refused.errors[0]?.code !== 'update_held') return null
  const standing = (await updatesOf(acting.db, params.id!)).filter((update) => update.state !== 'recalled')
  return saidAlready(standing, acting.actor.personId, form)
}

async function reopen(call: Call): Promise<Response> {
  const { acting, form } = call
  const { id } = await incidentOf(call)
  const input = { body: form.body ?? '', severity: typed(form, 'severity') }
  const done = await attempt(() =>
    acting.db.transaction(async (tx) => {
      await reopenIncident({ ...acting, db: tx }, id, checked(reopenIncidentInput, input))
      await dropDraft(tx, acting.actor.personId, draftNameOf(id))
    }),
  )
  return 'done' in done ? backToRoom(acting, id, 'reopened') : roomAgain(call, done.refused)
}
