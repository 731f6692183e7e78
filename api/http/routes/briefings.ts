import { z } from 'zod'
import { rulesOfBriefing } from '../../../db/queries/briefing-rules.ts'
import { type Briefing, briefingsOf, wholeBriefing, wholeBriefings } from '../../../db/queries/briefings.ts'
import type { Acting } from '../../actions/acting.ts'
import { answerDecision, answerDecisionInput } from '../../actions/answer-decision.ts'
import { postBriefingInput } from '../../actions/briefing-fields.ts'
import { briefingRulesInput, changeBriefingRules } from '../../actions/change-briefing-rules.ts'
import { postBriefing } from '../../actions/post-briefing.ts'
import { readBriefing } from '../../actions/read-briefing.ts'
import { BRIEFING_CHANNELS, type BriefingRule } from '../../domain/briefing.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { briefingPreviewOf } from '../briefing-preview.ts'
import { briefingAnswer, briefingJson } from '../present/briefing.ts'
import { briefingPreviewAnswer, briefingPreviewJson } from '../present/briefing-preview.ts'
import { json, route } from '../route.ts'
import { found } from './incidents.ts'

const shared = { door: 'api', tag: 'Briefings' } as const

const ruleAnswer = z.strictObject({
  to: z.array(z.string()),
  severities: z.array(z.enum(SEVERITIES)),
  components: z.array(z.string()),
  business_unit: z.string().nullable(),
  channels: z.array(z.enum(BRIEFING_CHANNELS)),
})

const ruleJson = ({ businessUnit, ...rule }: BriefingRule) => ({ ...rule, business_unit: businessUnit })

export const briefingRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: '/incidents/:id/briefings',
    access: 'briefed',
    summary: 'What executives were told, newest first',
    answer: { status: 200, schema: z.strictObject({ data: z.array(briefingAnswer), next_cursor: z.null() }) },
    handle: async ({ acting, params }) => {
      await found(acting, params.id!)
      const whole = await wholeBriefings(acting.db, await briefingsOf(acting.db, params.id!))
      return json(200, { data: whole.map(briefingJson), next_cursor: null })
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/incidents/:id/briefings',
    access: 'commander',
    summary: 'Brief the executives; every field says something, if only "unknown"',
    body: postBriefingInput,
    answer: { status: 201, schema: briefingAnswer },
    handle: async ({ acting, params, body }) => answerWith(acting, 201, await postBriefing(acting, params.id!, body)),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/incidents/:id/briefings/preview',
    access: 'commander',
    summary: 'Show what executives would get of a briefing, and who; sends nothing, changes nothing',
    body: postBriefingInput,
    answer: { status: 200, schema: briefingPreviewAnswer },
    handle: async (call) => json(200, briefingPreviewJson(await briefingPreviewOf(call, call.params.id!, call.body))),
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/incidents/:id/briefings/:bid/receipts',
    access: 'signed_in',
    summary: 'Say that one has read a briefing',
    answer: { status: 201, schema: briefingAnswer },
    handle: async ({ acting, params }) => {
      const which = { incidentId: params.id!, briefingId: params.bid! }
      return answerWith(acting, 201, await readBriefing(acting, which, 'button'))
    },
  }),
  route({
    ...shared,
    method: 'POST',
    path: '/incidents/:id/briefings/:bid/decision',
    access: 'signed_in',
    summary: 'Answer the decision that a briefing asks for, once',
    body: answerDecisionInput,
    answer: { status: 201, schema: briefingAnswer },
    handle: async ({ acting, params, body }) =>
      answerWith(acting, 201, await answerDecision(acting, params.id!, params.bid!, body)),
  }),
  route({
    ...shared,
    method: 'GET',
    path: '/briefing-rules',
    access: 'viewer',
    summary: 'Who is briefed on what; an empty list means every one',
    answer: { status: 200, schema: z.array(ruleAnswer) },
    handle: async ({ acting }) => json(200, (await rulesOfBriefing(acting.db)).map(ruleJson)),
  }),
  route({
    ...shared,
    method: 'PUT',
    path: '/briefing-rules',
    access: 'admin',
    summary: 'Change who is briefed on what; takes whole what GET answers',
    body: briefingRulesInput,
    answer: { status: 200, schema: z.array(ruleAnswer) },
    handle: async ({ acting, body }) => json(200, (await changeBriefingRules(acting, body)).map(ruleJson)),
  }),
]

const answerWith = async (acting: Acting, status: number, briefing: Briefing): Promise<Response> =>
  json(status, briefingJson(await wholeBriefing(acting.db, briefing)))
