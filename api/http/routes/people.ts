import { z } from 'zod'
import { listKeys, listPeople, personById, theOrganisation } from '../../../db/queries/people.ts'
import type { Actor } from '../../actions/acting.ts'
import { addPerson, addPersonInput } from '../../actions/add-person.ts'
import { changeOrganisation, organisationInput } from '../../actions/change-organisation.ts'
import { changePerson, changePersonInput } from '../../actions/change-person.ts'
import { makeKey, makeKeyInput, revokeKey } from '../../actions/make-key.ts'
import { sendTestAlert } from '../../actions/send-test-alert.ts'
import { CHANNELS } from '../../domain/attempt.ts'
import { Refusal, refuseMissing } from '../../domain/refusal.ts'
import { covers } from '../../domain/role.ts'
import { personWebhookSecrets } from '../../domain/webhook-signature.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import {
  keyAnswer,
  keyJson,
  organisationAnswer,
  organisationJson,
  personAnswer,
  personJson,
} from '../present/people.ts'
import { json, noContent, route } from '../route.ts'

const isOwnOrAdmin = ({ personId, role }: Actor, id: string): boolean =>
  personId === id || (role !== null && covers(role, 'admin'))

const people = { door: 'api', tag: 'People and keys' } as const

export const peopleRoutes = [
  route({
    ...people,
    method: 'GET',
    path: '/people',
    access: 'viewer',
    summary: 'List people',
    query: pageQuery,
    answer: { status: 200, schema: listOf(personAnswer) },
    handle: async ({ acting, query }) => {
      const after = positionOf(query.cursor, ['id'])?.[0]
      const rows = await listPeople(acting.db, { after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [row.id])
      return json(200, { ...page, data: page.data.map(personJson) })
    },
  }),
  route({
    ...people,
    method: 'POST',
    path: '/people',
    access: 'admin',
    summary: 'Add a person; the invitation link is answered once',
    body: addPersonInput,
    answer: { status: 201, schema: personAnswer.extend({ invitation_url: z.string() }) },
    handle: async ({ acting, body }) => {
      const { person, invitationUrl } = await addPerson(acting, body)
      return json(201, { ...personJson(person), invitation_url: invitationUrl })
    },
  }),
  route({
    ...people,
    method: 'GET',
    path: '/people/:id',
    access: 'viewer',
    summary: 'One person',
    answer: { status: 200, schema: personAnswer },
    handle: async ({ acting, params }) => {
      const person = await personById(acting.db, params.id!)
      if (!person) throw refuseMissing('person')
      return json(200, personJson(person))
    },
  }),
  route({
    ...people,
    method: 'PATCH',
    path: '/people/:id',
    access: 'admin',
    summary: 'Change a person; a new number or address is unproven again',
    body: changePersonInput,
    answer: { status: 200, schema: personAnswer },
    handle: async ({ acting, params, body }) => json(200, personJson(await changePerson(acting, params.id!, body))),
  }),
  route({
    ...people,
    method: 'POST',
    path: '/people/:id/test-alerts',
    access: 'viewer',
    summary: 'Send a test alert to a person by mail, SMS and webhook; people may test themselves, admins everybody',
    answer: {
      status: 202,
      schema: z.strictObject({ channels: z.array(z.enum(CHANNELS)) }),
    },
    handle: async ({ acting, params }) => {
      if (!isOwnOrAdmin(acting.actor, params.id!))
        throw new Refusal('forbidden', 'You may send a test alert to yourself; to others an admin may.')
      return json(202, { channels: await sendTestAlert(acting, params.id!) })
    },
  }),
  route({
    ...people,
    method: 'GET',
    path: '/people/:id/webhook-secret',
    access: 'viewer',
    summary: "The secret that alerts to a person's webhook are signed with; for themselves, and for admins",
    answer: { status: 200, schema: z.strictObject({ secret: z.string() }) },
    handle: async ({ acting, params }) => {
      if (!isOwnOrAdmin(acting.actor, params.id!))
        throw new Refusal('forbidden', 'You may read the secret of your own webhook; those of others an admin may.')
      if (!(await personById(acting.db, params.id!))) throw refuseMissing('person')
      return json(200, { secret: personWebhookSecrets(acting.secrets, params.id!)[0]! })
    },
  }),
]

export const keyRoutes = [
  route({
    ...people,
    method: 'GET',
    path: '/keys',
    access: 'admin',
    summary: 'List API keys, without the keys themselves',
    query: pageQuery,
    answer: { status: 200, schema: listOf(keyAnswer) },
    handle: async ({ acting, query }) => {
      const after = positionOf(query.cursor, ['id'])?.[0]
      const rows = await listKeys(acting.db, { after, limit: query.limit + 1 })
      const page = pageOf(rows, query.limit, (row) => [row.id])
      return json(200, { ...page, data: page.data.map(keyJson) })
    },
  }),
  route({
    ...people,
    method: 'POST',
    path: '/keys',
    access: 'admin',
    summary: 'Make an API key; the key is answered only here',
    body: makeKeyInput,
    answer: { status: 201, schema: keyAnswer.extend({ key: z.string() }) },
    handle: async ({ acting, body }) => {
      const { row, key } = await makeKey(acting, body)
      return json(201, { ...keyJson(row), key })
    },
  }),
  route({
    ...people,
    method: 'DELETE',
    path: '/keys/:id',
    access: 'admin',
    summary: 'Revoke a key',
    answer: { status: 204 },
    handle: async ({ acting, params }) => {
      await revokeKey(acting, params.id!)
      return noContent()
    },
  }),
]

const company = { door: 'api', tag: 'Organisation' } as const

export const organisationRoutes = [
  route({
    ...company,
    method: 'GET',
    path: '/organisation',
    access: 'viewer',
    summary: 'The company that speaks',
    answer: { status: 200, schema: organisationAnswer },
    handle: async ({ acting }) => {
      const row = await theOrganisation(acting.db)
      if (!row) throw refuseMissing('organisation; Sitrep is not set up')
      return json(200, organisationJson(row))
    },
  }),
  route({
    ...company,
    method: 'PUT',
    path: '/organisation',
    access: 'admin',
    summary: 'Change the company; every public page carries it',
    body: organisationInput,
    answer: { status: 200, schema: organisationAnswer },
    handle: async ({ acting, body }) => json(200, organisationJson(await changeOrganisation(acting, body))),
  }),
]
