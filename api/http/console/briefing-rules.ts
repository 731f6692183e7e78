import {
  addBriefingRule,
  briefingRuleSchema,
  changeBriefingRule,
  removeBriefingRule,
} from '../../actions/change-briefing-rules.ts'
import { type FieldError, type Refusal, refuseMissing } from '../../domain/refusal.ts'
import type { Form, Notice } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { componentsIn } from './affected-fields.ts'
import { briefingRuleScreen, briefingRulesScreen } from './briefing-rules-screen.ts'
import { idIn, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'

const PATH = '/console/briefing-rules'
const shared = { door: 'page', tag: 'Console', method: 'POST', access: 'admin' } as const

export const briefingRuleScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'viewer',
    summary: 'Who is briefed on what, and whom that reaches now',
    handle: (call) => list(call),
  }),
  route({ ...shared, path: PATH, summary: 'Adds a rule', handle: add }),
  route({ ...shared, method: 'GET', path: `${PATH}/:id`, summary: 'One rule', handle: (call) => one(call) }),
  route({ ...shared, path: `${PATH}/:id`, summary: 'Changes a rule', handle: change }),
  route({ ...shared, path: `${PATH}/:id/removal`, summary: 'Takes a rule away', handle: remove }),
]

async function add(call: Call): Promise<Response> {
  const rule = ruleIn(call.form)
  const done = await attempt(async () => addBriefingRule(call.acting, checked(briefingRuleSchema, rule)))
  return 'done' in done ? led('rule_added') : list(call, done.refused)
}

async function change(call: Call): Promise<Response> {
  const { acting, form, params } = call
  const key = idIn(params, 'briefing rule')
  const done = await attempt(async () => changeBriefingRule(acting, key, checked(briefingRuleSchema, ruleIn(form))))
  if ('done' in done) return led('rule_changed')
  // What was typed for a rule that is gone stands in the form for another.
  return done.refused.kind === 'stale' ? list(call, done.refused) : one(call, done.refused)
}

async function remove(call: Call): Promise<Response> {
  const done = await attempt(() => removeBriefingRule(call.acting, idIn(call.params, 'briefing rule')))
  return 'done' in done ? led('rule_removed') : list(call, done.refused)
}

const led = (notice: Notice): Response => seeOther(`${PATH}?notice=${notice}`)

async function list(call: Call, refused?: Refusal): Promise<Response> {
  const screen = await briefingRulesScreen(call, refused && typedRule(call.form, refused))
  return show(call.world, 'console/briefing-rules', screen, refused && statusOf(refused))
}

async function one(call: Call, refused?: Refusal): Promise<Response> {
  const key = idIn(call.params, 'briefing rule')
  const screen = await briefingRuleScreen(call, key, refused && typedRule(call.form, refused))
  if (!screen) throw refuseMissing('briefing rule')
  return show(call.world, 'console/briefing-rule', screen, refused && statusOf(refused))
}

/** A rule as its form has it; nothing ticked of channels means every one. */
const ruleIn = (fields: Form['values']) => ({
  to: listIn(fields, 'to'),
  severities: listIn(fields, 'severities'),
  components: componentsIn(fields).map(({ id }) => id),
  business_unit: typed(fields, 'business_unit'),
  channels: typed(fields, 'channels') && listIn(fields, 'channels'),
})

const listIn = (fields: Form['values'], name: string): string[] => (fields[name] ?? '').split(',').filter(Boolean)

/** The action speaks of a place in the list of rules, the form of one rule. */
const typedRule = (fields: Form['values'], refused: Refusal): Form => refusedForm(fields, refused, besideField)

const besideField = (error: FieldError): FieldError => ({
  ...error,
  field: error.field.replace(/^\d+\./, '').replace(/\.\d+$/, ''),
})
