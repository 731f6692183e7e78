import { openapiDocument } from '../openapi.ts'
import { type Call, json, type Route, route } from '../route.ts'

/** The description of the whole table; handed it here, because the table holds this route too. */
export const docsRoutes = (table: () => readonly Route[]) => [
  route({
    method: 'GET',
    path: '/openapi.json',
    door: 'api',
    access: 'anyone',
    summary: 'This description, as OpenAPI 3.1',
    tag: 'Operations',
    answer: { status: 200 },
    handle: async ({ world }: Call<undefined, undefined>) =>
      json(200, openapiDocument(table(), world.urls), {
        'cache-control': 'public, max-age=60',
        'access-control-allow-origin': '*',
      }),
  }),
]
