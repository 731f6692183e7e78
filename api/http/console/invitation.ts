import { personById } from '../../../db/queries/people.ts'
import { acceptInvitation, acceptInvitationInput, invitedPerson } from '../../actions/accept-invitation.ts'
import type { Person } from '../../actions/add-person.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, refusedForm } from './forms.ts'
import { attempt, ownAddress, seeOther, show, TOKEN_PAGE, tokenOf } from './page.ts'
import { shellOf } from './shell.ts'

const shared = { door: 'page', tag: 'Console', access: 'anyone', path: '/console/invitation' } as const

export const invitationRoutes = [
  route({
    ...shared,
    method: 'GET',
    summary: 'Asks an invited person for a password',
    handle: async (call) => screen(call, await invited(call), emptyForm(), 200),
  }),
  route({ ...shared, method: 'POST', summary: 'Keeps the password and signs in', handle: accept }),
]

async function accept(call: Call): Promise<Response> {
  const { world, acting, form, request } = call
  const person = await invited(call)
  const done = await attempt(async () => {
    const input = checked(acceptInvitationInput, { password: form.password ?? '' })
    return acceptInvitation(acting, tokenOf(call), input)
  })
  if ('refused' in done) return screen(call, person, refusedForm({}, done.refused), statusOf(done.refused))
  const cookies = await world.identity.signIn(person.email, form.password!, request)
  return seeOther('/console', cookies ?? new Headers())
}

async function invited(call: Call): Promise<Person> {
  const { id } = await call.acting.db.transaction((tx) => invitedPerson(call.acting, tx, tokenOf(call)))
  return (await personById(call.acting.db, id))!
}

async function screen(call: Call, { name, email }: Person, form: Form, status: number): Promise<Response> {
  const page = { shell: await shellOf(call), action: ownAddress(call), person: { name, email }, form }
  return show(call.world, 'console/invitation', page, status, TOKEN_PAGE)
}
