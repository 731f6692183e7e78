import { DAY } from '../../domain/duration.ts'
import type { MetricsScreen } from '../../domain/metrics-screen.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type MeasuredRange, measure, measuredQuery } from '../measured-range.ts'
import { type Call, route } from '../route.ts'
import { refusedForm, typed } from './forms.ts'
import { attempt, show } from './page.ts'
import { shellOf } from './shell.ts'

export const metricsScreenRoutes = [
  route({
    method: 'GET',
    path: '/console/metrics',
    door: 'page',
    access: 'viewer',
    summary: 'How the cadence was kept, and how long incidents took',
    tag: 'Console',
    handle,
  }),
]

async function handle(call: Call): Promise<Response> {
  const asked = Object.fromEntries(new URL(call.request.url).searchParams)
  const done = await attempt(async () => measure(call.acting, checked(measuredQuery, queryOf(asked))))
  const shell = await shellOf(call)
  if ('done' in done) return show(call.world, 'console/metrics', { shell, ...measuredScreen(done.done, asked) })
  const screen: MetricsScreen = { shell, asked: refusedForm(asked, done.refused), measured: null }
  return show(call.world, 'console/metrics', screen, statusOf(done.refused))
}

/** Days as one reads them, the last one included, as the range that is measured. */
const queryOf = (asked: Record<string, string>) => ({
  since: midnight(typed(asked, 'since'), 0),
  until: midnight(typed(asked, 'until'), DAY),
  severity: typed(asked, 'severity'),
})

/** The midnight (UTC) with which a day begins, or so much later; what is no day is left for the schema to refuse. */
function midnight(day: string | undefined, later: number): string | undefined {
  const from = day && /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(day) : Number.NaN
  return Number.isNaN(from) ? day : new Date(from + later).toISOString()
}

function measuredScreen({ since, until, metrics }: MeasuredRange, asked: Record<string, string>) {
  const lastDay = new Date(until.getTime() - 1)
  const days = { since: since.toISOString().slice(0, 10), until: lastDay.toISOString().slice(0, 10) }
  const values = { ...days, severity: asked.severity ?? '' }
  return {
    asked: { values, errors: [] },
    measured: { since: since.toISOString(), until: lastDay.toISOString(), metrics },
  }
}
