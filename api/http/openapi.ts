import { z } from 'zod'
import type { ApiDocument, ApiOperation, JsonSchema } from '../domain/openapi-document.ts'
import { WEBHOOKS } from '../domain/webhook-shapes.ts'
import type { Route } from './route.ts'

const jsonBody = (schema: JsonSchema) => ({ 'application/json': { schema } })

/** What comes in has not been read yet: its JSON Schema describes the text, not the `Date` or number made of it. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest as JsonSchema
}

const problem = schemaOf(
  z.object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(z.object({ field: z.string(), code: z.string(), message: z.string() })).optional(),
  }),
  'output',
)

/** The OpenAPI 3.1 description of every route of the API, made from the schemas that validate (contract section 4). */
export const openapiDocument = (
  table: readonly Route[],
  urls: { api: string },
): ApiDocument & { openapi: '3.1.0'; security: object[]; components: object } => ({
  openapi: '3.1.0',
  info: {
    title: 'Sitrep',
    version: '1',
    description: 'Say it once, everybody hears it. Errors are RFC 9457 problem details.',
  },
  servers: [{ url: `${urls.api}/api/v1` }],
  security: [{ key: [] }, { session: [] }],
  tags: [...new Set(api(table).map((route) => route.tag)), WEBHOOK_TAG].map((name) => ({ name })),
  paths: Object.fromEntries(
    Object.entries(Object.groupBy(api(table), (route) => route.path)).map(([path, routes]) => [
      path.replace(/:(\w+)/g, '{$1}'),
      Object.fromEntries(routes!.map((route) => [route.method.toLowerCase(), operation(route)])),
    ]),
  ),
  webhooks: Object.fromEntries(
    Object.entries(WEBHOOKS).map(([type, { summary, body }]) => [type, { post: webhook(type, summary, body) }]),
  ),
  components: {
    schemas: { Problem: problem },
    securitySchemes: {
      key: { type: 'http', scheme: 'bearer', description: 'An API key: sitrep_…' },
      session: { type: 'apiKey', in: 'cookie', name: 'sitrep', description: "The console's session" },
    },
  } as ApiDocument['components'] & object,
})

const api = (table: readonly Route[]): Route[] => table.filter((route) => route.door === 'api')

const operation = (route: Route): ApiOperation & { security?: object[] } => ({
  operationId: operationId(route),
  tags: [route.tag],
  summary: route.summary,
  description: `Access: ${route.access}.`,
  ...(route.access === 'anyone' ? { security: [] } : {}),
  parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
  ...(route.body ? { requestBody: { required: true, content: jsonBody(schemaOf(route.body, 'input')) } } : {}),
  ...(route.upload ? { requestBody: { required: true, content: fileOf(route.upload) } } : {}),
  responses: {
    [String(route.answer?.status ?? 200)]: {
      description: 'Done',
      ...(route.answer?.schema ? { content: jsonBody(schemaOf(route.answer.schema, 'output')) } : {}),
    },
    default: {
      description: 'Refused',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
})

const WEBHOOK_TAG = 'Webhooks'

/** What an endpoint is sent and how it may answer (standards W1–W6, Standard Webhooks 1.0.0). */
const webhook = (type: string, summary: string, body: z.ZodType): ApiOperation & { security: object[] } => ({
  operationId: `told${wordsIn(type)}`,
  tags: [WEBHOOK_TAG],
  summary,
  security: [],
  parameters: WEBHOOK_HEADERS,
  requestBody: { required: true, content: jsonBody(schemaOf(body, 'output')) },
  responses: {
    '2XX': { description: 'Taken' },
    '410': { description: 'Never again: the endpoint is disabled' },
    default: { description: 'Tried again for three days, then the endpoint is disabled; redirects are not followed' },
  },
})

const WEBHOOK_HEADERS = [
  ['webhook-id', 'The same at every attempt: what has been taken already is known by it'],
  ['webhook-timestamp', 'Seconds since 1970, of this attempt'],
  ['webhook-signature', 'v1,<HMAC-SHA256 of id.timestamp.body, base64>; two of them after a rotation'],
].map(([name, description]) => ({
  name: name!,
  in: 'header',
  required: true,
  description: description!,
  schema: { type: 'string' },
}))

/** A file, whose rows are described in words. */
const fileOf = (types: readonly string[]) => Object.fromEntries(types.map((type) => [type, { schema: {} }]))

const operationId = ({ method, path }: Route): string => `${method.toLowerCase()}${wordsIn(path)}`

const wordsIn = (name: string): string =>
  name.replace(/(?:^|[^a-z]+)([a-z])/gi, (_, letter: string) => letter.toUpperCase()).replace(/\W/g, '')

const pathParameters = ({ path }: Route) =>
  [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name: name!,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))

const queryParameters = ({ query }: Route) =>
  query
    ? Object.entries(schemaOf(query, 'input').properties ?? {}).map(([name, schema]) => ({ name, in: 'query', schema }))
    : []

const headerParameters = ({ method, path, upload }: Route) => {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })
  return [
    ...(method === 'POST' && !upload
      ? [header('Idempotency-Key', 'The same key and body within 24 hours answers the first answer again.')]
      : []),
    ...(/^\/(incidents|maintenances)\/:id/.test(path) && method !== 'GET'
      ? [header('If-Match', 'The ETag of what is changed; a stale one is refused with 412.')]
      : []),
  ]
}
