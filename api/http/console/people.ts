import { personById, staffByName } from '../../../db/queries/people.ts'
import { addPerson, addPersonInput, type Person } from '../../actions/add-person.ts'
import { sendTestAlert } from '../../actions/send-test-alert.ts'
import { refuseMissing } from '../../domain/refusal.ts'
import type { PeopleScreen, PersonRow } from '../../domain/screens.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { shellOf } from './shell.ts'

const shared = { door: 'page', tag: 'Console' } as const

export const peopleScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/console/people',
    access: 'viewer',
    summary: 'Staff and how alerts reach them',
    handle: async (call) => show(call.world, 'console/people', await peopleScreen(call)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/console/people',
    access: 'admin',
    summary: 'Adds a person; the invitation is shown on this answer and nowhere else',
    handle: add,
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/console/me',
    access: 'signed_in',
    summary: 'Oneself',
    handle: async (call) =>
      show(call.world, 'console/me', { shell: await shellOf(call), person: personRow(await oneself(call)) }),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/console/me/test-alert',
    access: 'signed_in',
    summary: 'Sends oneself a test alert',
    handle: async (call) => {
      await sendTestAlert(call.acting, (await oneself(call)).id)
      return seeOther('/console/me?notice=test_alert_sent')
    },
  }),
]

async function add(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = {
    name: typed(form, 'name'),
    email: form.email ?? '',
    role: form.role,
    phone: typed(form, 'phone'),
  }
  const done = await attempt(async () => addPerson(acting, checked(addPersonInput, input)))
  if ('refused' in done) {
    const screen = await peopleScreen(call, { adding: refusedForm(form, done.refused) })
    return show(call.world, 'console/people', screen, statusOf(done.refused))
  }
  const { person, invitationUrl } = done.done
  const screen = await peopleScreen(call, { invitation: { name: person.name, url: invitationUrl } })
  return show(call.world, 'console/people', { ...screen, shell: { ...screen.shell, notice: 'person_added' } }, 201)
}

async function peopleScreen(
  call: Call,
  come: Partial<Pick<PeopleScreen, 'adding' | 'invitation'>> = {},
): Promise<PeopleScreen> {
  const people = (await staffByName(call.acting.db)).map(personRow)
  return { shell: await shellOf(call), people, adding: emptyForm(), invitation: null, ...come }
}

async function oneself({ acting }: Call): Promise<Person> {
  const person = acting.actor.personId ? await personById(acting.db, acting.actor.personId) : null
  if (!person) throw refuseMissing('person; this key belongs to nobody')
  return person
}

const personRow = (person: Person): PersonRow => ({
  id: person.id,
  name: person.name,
  email: person.email,
  emailProvenAt: person.emailVerified ? (person.emailVerifiedAt ?? person.updatedAt).toISOString() : null,
  phone: person.phone,
  phoneProvenAt: person.phoneVerifiedAt?.toISOString() ?? null,
  role: person.role,
  active: person.active,
})
