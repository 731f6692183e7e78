import { addPerson, addPersonInput, resetPerson } from '../actions/add-person.ts'
import { makeKey, makeKeyInput } from '../actions/make-key.ts'
import { checked } from '../http/input.ts'
import { keyJson, personJson } from '../http/present/people.ts'
import { type Command, option, required } from './command.ts'

export const staffCommands: Command[] = [
  {
    name: 'key create',
    usage: '--name N --role R [--person-id ID]',
    summary: 'Make an API key; prints the key alone, once',
    options: { name: { type: 'string' }, role: { type: 'string' }, 'person-id': { type: 'string' } },
    async run(acting, typed) {
      const input = {
        name: required(typed, 'name'),
        role: required(typed, 'role'),
        person_id: option(typed, 'person-id'),
      }
      const { row, key } = await makeKey(acting, checked(makeKeyInput, input))
      return { text: key, json: { ...keyJson(row), key } }
    },
  },
  {
    name: 'person create',
    alias: 'user create',
    usage: '--email E --role R [--name N] [--phone +E164]',
    summary: 'Add a person; prints the invitation link alone',
    options: {
      email: { type: 'string' },
      role: { type: 'string' },
      name: { type: 'string' },
      phone: { type: 'string' },
    },
    async run(acting, typed) {
      const input = {
        email: required(typed, 'email'),
        role: required(typed, 'role'),
        name: option(typed, 'name'),
        phone: option(typed, 'phone'),
      }
      const { person, invitationUrl } = await addPerson(acting, checked(addPersonInput, input))
      return { text: invitationUrl, json: { ...personJson(person), invitation_url: invitationUrl } }
    },
  },
  {
    name: 'person reset',
    usage: '--email E',
    summary: 'Make a new invitation for somebody who cannot sign in; prints the link alone',
    options: { email: { type: 'string' } },
    async run(acting, typed) {
      const invitationUrl = await resetPerson(acting, required(typed, 'email'))
      return { text: invitationUrl, json: { invitation_url: invitationUrl } }
    },
  },
]
