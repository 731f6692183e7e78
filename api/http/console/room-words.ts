import { keepText } from '../../actions/keep-draft.ts'
import { statusOf } from '../answers.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { draftNameOf } from './composer.ts'
import { emptyForm, idIn, refusedForm } from './forms.ts'
import { attempt, show } from './page.ts'
import { wordsToPost } from './ready-words.ts'
import { roomScreen } from './room-screen.ts'

export const roomWordsRoutes = [
  route({
    method: 'POST',
    path: '/console/incidents/:id/words',
    door: 'page',
    access: 'responder',
    summary: 'Puts ready words into the composer; posts nothing',
    tag: 'Console',
    handle: useWords,
  }),
]

async function useWords(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const incident = await found(acting, idIn(params, 'incident'))
  const done = await attempt(() => wordsToPost(call, incident, form))
  const composing = 'done' in done ? emptyForm(done.done) : refusedForm(form, done.refused)
  await keepText(acting, draftNameOf(incident.id), composing.values)
  const status = 'done' in done ? 200 : statusOf(done.refused)
  return show(call.world, 'console/incident', await roomScreen(call, incident, { composing }), status)
}
