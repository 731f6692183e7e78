import { currentPolicy } from '../../../db/queries/cadence.ts'
import { changeCadence } from '../../actions/change-cadence.ts'
import { cadencePolicySchema } from '../../domain/cadence.ts'
import { json, route } from '../route.ts'

const shared = { door: 'api', path: '/cadence', tag: 'Cadence' } as const

export const cadenceRoutes = [
  route({
    ...shared,
    method: 'GET',
    access: 'viewer',
    summary: 'How long silence may last, by severity, and who is reached when it lasts longer',
    answer: { status: 200, schema: cadencePolicySchema },
    handle: async ({ acting }) => json(200, await currentPolicy(acting.db)),
  }),
  route({
    ...shared,
    method: 'PUT',
    access: 'admin',
    summary: 'Change the cadence for later promises; takes whole what GET answers',
    body: cadencePolicySchema,
    answer: { status: 200, schema: cadencePolicySchema },
    handle: async ({ acting, body }) => json(200, await changeCadence(acting, body)),
  }),
]
