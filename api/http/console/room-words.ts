import { keepText } from '../../actions/keep-draft.ts'
import { statusOf } from '../answers.ts'
import type { Call } from '../route.ts'
import { draftNameOf } from './composer.ts'
import { emptyForm, refusedForm } from './forms.ts'
import { attempt, show } from './page.ts'
import { wordsToPost } from './ready-words.ts'
import { incidentOf } from './room-forms.ts'
import { roomScreen } from './room-screen.ts'

/** The room with ready words in its composer; nothing is posted, and what was typed is kept. */
export async function useWordsInRoom(call: Call): Promise<Response> {
  const { acting, form } = call
  const incident = await incidentOf(call)
  const done = await attempt(() => wordsToPost(call, incident, form))
  const composing = 'done' in done ? emptyForm(done.done) : refusedForm(form, done.refused)
  await keepText(acting, draftNameOf(incident.id), composing.values)
  const status = 'done' in done ? 200 : statusOf(done.refused)
  return show(call.world, 'console/incident', await roomScreen(call, incident, { composing }), status)
}
