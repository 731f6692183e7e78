import type { z } from 'zod'
import { messageTemplates, templateNamed } from '../../actions/message-templates.ts'
import {
  addTemplate,
  addTemplateInput,
  changeTemplate,
  changeTemplateInput,
  removeTemplate,
} from '../../actions/write-message-template.ts'
import { type KeptTemplate, templateFields } from '../../domain/message-template.ts'
import { refuseField, refuseMissing } from '../../domain/refusal.ts'
import { listOf, pageOf, pageQuery, positionOf } from '../paging.ts'
import { templateAnswer, templateJson } from '../present/message-template.ts'
import { type Call, json, noContent, route } from '../route.ts'

const { moment, severity } = templateFields
const listQuery = pageQuery.extend({ moment: moment.optional(), severity: severity.unwrap().optional() })

const tag = 'Message templates'
const shared = { door: 'api', tag } as const
const PATH = '/message-templates'

export const messageTemplateRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'responder',
    summary: 'List the ready words by moment, shipped and own',
    query: listQuery,
    answer: { status: 200, schema: listOf(templateAnswer) },
    handle: async ({ acting, query }) => json(200, await listed(await messageTemplates(acting), query)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: PATH,
    access: 'commander',
    summary: 'Add ready words of your own',
    body: addTemplateInput,
    answer: { status: 201, schema: templateAnswer },
    handle: async ({ acting, body }) => {
      const template = await addTemplate(acting, body)
      return json(201, templateJson(template), { location: `/api/v1${PATH}/${template.id}` })
    },
  }),
  route({
    ...shared,
    method: 'GET',
    path: `${PATH}/:id`,
    access: 'responder',
    summary: 'One template, by its id or its key',
    answer: { status: 200, schema: templateAnswer },
    handle: async (call) => json(200, templateJson(await found(call))),
  }),
  route({
    ...shared,
    method: 'PATCH',
    path: `${PATH}/:id`,
    access: 'commander',
    summary: 'Change the words of a template; of a shipped one the shipped words come back when it is deleted',
    body: changeTemplateInput,
    answer: { status: 200, schema: templateAnswer },
    handle: async (call) =>
      json(200, templateJson(await changeTemplate(call.acting, (await found(call)).id, call.body))),
  }),
  route({
    ...shared,
    method: 'DELETE',
    path: `${PATH}/:id`,
    access: 'commander',
    summary: 'Take a template of your own away, or restore the shipped words of one that was changed',
    answer: { status: 204 },
    handle: async (call) => {
      await removeTemplate(call.acting, (await found(call)).id)
      return noContent()
    },
  }),
]

async function found({ acting, params }: Pick<Call, 'acting' | 'params'>): Promise<KeptTemplate> {
  const template = templateNamed(await messageTemplates(acting), params.id!)
  if (!template) throw refuseMissing('message template')
  return template
}

/** All of them are at hand; a page goes on after the template that the one before ended with. */
function listed(all: readonly KeptTemplate[], query: z.infer<typeof listQuery>) {
  const wanted = all.filter(
    (each) => (!query.moment || each.moment === query.moment) && (!query.severity || each.severity === query.severity),
  )
  const [after] = positionOf(query.cursor, ['id']) ?? []
  const begins = after === undefined ? 0 : wanted.findIndex(({ id }) => id === after) + 1
  if (after !== undefined && begins === 0)
    throw refuseField('cursor', 'invalid', 'That template is gone; begin with the first page again.')
  const page = pageOf(wanted.slice(begins, begins + query.limit + 1), query.limit, ({ id }) => [id])
  return { ...page, data: page.data.map(templateJson) }
}
