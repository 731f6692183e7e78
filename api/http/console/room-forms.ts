import { currentPolicy } from '../../../db/queries/cadence.ts'
import { componentsHeldBy, type Incident, updatesOf } from '../../../db/queries/incidents.ts'
import { keepText } from '../../actions/keep-draft.ts'
import type { FieldError, Refusal } from '../../domain/refusal.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import type { Call } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { besideComponents } from './affected-fields.ts'
import { ageOf, draftNameOf, since } from './composer.ts'
import { inWordsOfForm, updateInput, wantsReason } from './composer-fields.ts'
import { idIn, refusedForm } from './forms.ts'
import { show } from './page.ts'
import { roomScreen } from './room-screen.ts'

/** The incident whose room a form stands in. */
export const incidentOf = ({ acting, params }: Call): Promise<Incident> => found(acting, idIn(params, 'incident'))

/** What the composer asks for, and where its errors stand. */
export async function composed({ acting, form }: Call, incident: Incident) {
  const held = (await componentsHeldBy(acting.db, [incident.id])).get(incident.id) ?? []
  const policy = await currentPolicy(acting.db)
  const present = { ...incident, held, age: await ageOf(acting, incident) }
  const input = updateInput(form, present, policy)
  const beside = besideComponents(input.components ?? [])
  const place = (error: FieldError) => inWordsOfForm(beside(error), wantsReason(form, present, policy))
  return { input, place }
}

/** The room as it is now, with the text as it was typed and what is wrong with it. */
export async function roomAgain(
  call: Call,
  refusal: Refusal,
  place: (error: FieldError) => FieldError = (error) => error,
  briefing?: Form,
): Promise<Response> {
  const incident = await incidentOf(call)
  await keepText(call.acting, draftNameOf(incident.id), call.form)
  const form = refusedForm(call.form, refusal, place)
  const updates = await updatesOf(call.acting.db, incident.id)
  const overtaken = since(updates, call.form.seq).some((update) => update.state === 'published')
  const told = refusal.kind === 'stale' && overtaken ? { ...form, errors: [] } : form
  const screen = await roomScreen(call, incident, { composing: told, ...(briefing && { briefing }) })
  return show(call.world, 'console/incident', screen, statusOf(refusal))
}
