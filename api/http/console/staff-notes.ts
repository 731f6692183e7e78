import { noteForStaff, noteForStaffInput } from '../../actions/note-for-staff.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'

async function note(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const incident = await found(acting, idIn(params, 'incident'))
  const input = { kind: form.kind, text: form.text ?? '' }
  const done = await attempt(async () => noteForStaff(acting, incident.id, checked(noteForStaffInput, input)))
  if ('done' in done) return seeOther(`/console/incidents/${incident.id}?notice=noted_for_staff`)
  const screen = await roomScreen(call, incident, { notingForStaff: refusedForm(form, done.refused) })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}

export const staffNoteFormRoutes = [
  route({
    door: 'page',
    tag: 'Console',
    method: 'POST',
    path: '/console/incidents/:id/staff-notes',
    access: 'responder',
    summary: 'Tells support and sales something',
    handle: note,
  }),
]
