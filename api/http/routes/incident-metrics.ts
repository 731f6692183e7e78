import { measure, measuredQuery } from '../measured-range.ts'
import { incidentMetricsAnswer, incidentMetricsJson } from '../present/incident-metrics.ts'
import { json, route } from '../route.ts'

export const incidentMetricRoutes = [
  route({
    method: 'GET',
    path: '/metrics/incidents',
    door: 'api',
    access: 'viewer',
    summary: 'How the cadence was kept, and how long incidents took, by severity and by month of declaration',
    tag: 'Incidents',
    query: measuredQuery,
    answer: { status: 200, schema: incidentMetricsAnswer },
    handle: async ({ acting, query }) => json(200, incidentMetricsJson(await measure(acting, query))),
  }),
]
