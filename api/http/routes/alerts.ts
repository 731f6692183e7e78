import { z } from 'zod'
import { alertsOf } from '../../../db/queries/alerts.ts'
import { acknowledge, acknowledgeInput } from '../../actions/acknowledge-incident.ts'
import { snooze, snoozeInput } from '../../actions/snooze-alerts.ts'
import { CHANNELS, DELIVERY_STATES } from '../../domain/attempt.ts'
import { AUDIENCES } from '../../domain/audience.ts'
import { durationOf } from '../../domain/duration.ts'
import { ALERT_STATES } from '../../domain/ladder.ts'
import { timeText } from '../present/time.ts'
import { json, route } from '../route.ts'
import { found } from './incidents.ts'

const alertAnswer = z.strictObject({
  deadline_seq: z.int(),
  audience: z.enum(AUDIENCES),
  rung: z.string(),
  due_at: z.iso.datetime(),
  fired_at: z.iso.datetime(),
  state: z.enum(ALERT_STATES),
  late_by: z.string().nullable(),
  deliveries: z.array(
    z.strictObject({
      id: z.string(),
      person_id: z.string().nullable(),
      channel: z.enum(CHANNELS),
      state: z.enum(DELIVERY_STATES),
    }),
  ),
})

const acknowledgementAnswer = z.strictObject({ by: z.string().nullable(), until: z.iso.datetime() })
const snoozeAnswer = acknowledgementAnswer.extend({ id: z.string(), reason: z.string() })

type Row = Awaited<ReturnType<typeof alertsOf>>[number]

/** `late_by` tells how long after its own time the rung was decided; null within a second. */
const alertJson = (row: Row): z.infer<typeof alertAnswer> => {
  const lateness = row.firedAt.getTime() - row.dueAt.getTime()
  return {
    deadline_seq: row.deadlineSeq,
    audience: row.audience,
    rung: row.rung,
    due_at: row.dueAt.toISOString(),
    fired_at: row.firedAt.toISOString(),
    state: row.state,
    late_by: lateness >= 1000 ? durationOf(lateness) : null,
    deliveries: row.deliveries.map(({ id, personId, channel, state }) => ({ id, person_id: personId, channel, state })),
  }
}

export const alertRoutes = [
  route({
    method: 'POST',
    path: '/incidents/:id/acknowledgements',
    door: 'api',
    access: 'responder',
    summary: 'Say "I have it": holds further alerts for a while, and never moves the promise',
    tag: 'Cadence',
    body: acknowledgeInput,
    answer: { status: 201, schema: acknowledgementAnswer },
    handle: async ({ acting, params, body }) => {
      const { personId, until } = await acknowledge(acting, params.id!, body)
      return json(201, { by: personId, until: timeText(until) })
    },
  }),
  route({
    method: 'POST',
    path: '/incidents/:id/snoozes',
    door: 'api',
    access: 'viewer',
    summary:
      "Quieten further alerts for a while, with a reason; for the incident's commander and comms lead, and admins",
    tag: 'Cadence',
    body: snoozeInput,
    answer: { status: 201, schema: snoozeAnswer },
    handle: async ({ acting, params, body }) => {
      const { id, until, reason, personId } = await snooze(acting, params.id!, body)
      return json(201, { id, until: timeText(until), reason, by: personId })
    },
  }),
  route({
    method: 'GET',
    path: '/incidents/:id/alerts',
    door: 'api',
    access: 'viewer',
    summary: 'Which rungs of the silence ladder were decided, and who was reached',
    tag: 'Cadence',
    answer: { status: 200, schema: z.strictObject({ data: z.array(alertAnswer), next_cursor: z.null() }) },
    handle: async ({ acting, params }) => {
      await found(acting, params.id!)
      return json(200, { data: (await alertsOf(acting.db, params.id!)).map(alertJson), next_cursor: null })
    },
  }),
]
