import { openapiDocument } from '../openapi.ts'
import { type Call, type Route, route } from '../route.ts'
import { show } from './page.ts'
import { shellOf } from './shell.ts'

/** The API's description to be read by people; handed the table, because the table holds this route too. */
export const docsPageRoutes = (table: () => readonly Route[]) => [
  route({
    method: 'GET',
    path: '/docs',
    door: 'api',
    access: 'anyone',
    summary: 'This description, for reading',
    tag: 'Operations',
    answer: { status: 200 },
    handle: async (call: Call<undefined, undefined>) => {
      const page = { shell: await shellOf(call), api: openapiDocument(table(), call.world.urls) }
      return show(call.world, 'console/docs', page)
    },
  }),
]
