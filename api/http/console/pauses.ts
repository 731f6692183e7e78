import { acknowledge } from '../../actions/acknowledge-incident.ts'
import { snooze, snoozeInput } from '../../actions/snooze-alerts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { found } from '../routes/incidents.ts'
import { idIn, refusedForm } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { roomScreen } from './room-screen.ts'

const shared = { door: 'page', tag: 'Console', method: 'POST' } as const

export const pauseRoutes = [
  route({
    ...shared,
    path: '/console/incidents/:id/acknowledgements',
    access: 'responder',
    summary: 'Says "I have it"; holds the alerts for as long as the cadence allows',
    handle: take,
  }),
  route({
    ...shared,
    path: '/console/incidents/:id/snoozes',
    access: 'viewer',
    summary: 'Quietens the alerts of an incident for a while',
    handle: quieten,
  }),
]

async function take({ acting, params }: Call): Promise<Response> {
  const id = idIn(params, 'incident')
  await acknowledge(acting, id, {})
  return seeOther(`/console/incidents/${id}?notice=acknowledged`)
}

async function quieten(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const id = idIn(params, 'incident')
  const input = { for: form.for ?? '', reason: form.reason ?? '' }
  const done = await attempt(async () => snooze(acting, id, checked(snoozeInput, input)))
  if ('done' in done) return seeOther(`/console/incidents/${id}?notice=snoozed`)
  const screen = await roomScreen(call, await found(acting, id), { snoozing: refusedForm(form, done.refused) })
  return show(call.world, 'console/incident', screen, statusOf(done.refused))
}
