import { messageTemplates } from '../../actions/message-templates.ts'
import {
  addTemplate,
  addTemplateInput,
  changeTemplate,
  changeTemplateInput,
  removeTemplate,
} from '../../actions/write-message-template.ts'
import { faultsOf, type KeptTemplate } from '../../domain/message-template.ts'
import { Refusal, refuseMissing } from '../../domain/refusal.ts'
import type { Form, Notice } from '../../domain/screen-parts.ts'
import { statusOf } from '../answers.ts'
import { checked } from '../input.ts'
import { type Call, route } from '../route.ts'
import { emptyForm, idIn, pressed, refusedForm, typed } from './forms.ts'
import { attempt, seeOther, show } from './page.ts'
import { fieldsOfTemplate, templateScreen, templatesScreen } from './templates-screen.ts'

const PATH = '/console/templates'
const shared = { door: 'page', tag: 'Console', method: 'POST', access: 'commander' } as const

export const templateScreenRoutes = [
  route({
    ...shared,
    method: 'GET',
    path: PATH,
    access: 'responder',
    summary: 'The ready words, by the moment they are said',
    handle: async (call) => show(call.world, 'console/templates', await templatesScreen(call)),
  }),
  route({ ...shared, path: PATH, summary: 'Adds ready words', handle: add }),
  route({
    ...shared,
    method: 'GET',
    path: `${PATH}/:id`,
    access: 'responder',
    summary: 'Ready words, and how they read',
    handle: async (call) => answer(call, await templateOf(call), null),
  }),
  route({
    ...shared,
    path: `${PATH}/:id`,
    summary: 'Changes ready words, or shows how they would read',
    handle: (call) => (pressed(call.form, 'preview') ? preview(call) : save(call)),
  }),
  route({
    ...shared,
    path: `${PATH}/:id/removal`,
    summary: 'Takes words away, or restores the shipped ones',
    handle: remove,
  }),
]

async function templateOf({ acting, params }: Call): Promise<KeptTemplate> {
  const id = idIn(params, 'message template')
  const template = (await messageTemplates(acting)).find((each) => each.id === id)
  if (!template) throw refuseMissing('message template')
  return template
}

async function add(call: Call): Promise<Response> {
  const { acting, form } = call
  const input = { ...wordsIn(form), moment: typed(form, 'moment') }
  const done = await attempt(async () => addTemplate(acting, checked(addTemplateInput, input)))
  if ('done' in done) return led(done.done.id, 'template_added')
  const refused = await templatesScreen(call, refusedForm(form, done.refused))
  return show(call.world, 'console/templates', refused, statusOf(done.refused))
}

async function save(call: Call): Promise<Response> {
  const { acting, form } = call
  const template = await templateOf(call)
  const input = changesIn(form, template)
  const done = await attempt(async () => changeTemplate(acting, template.id, checked(changeTemplateInput, input)))
  return 'done' in done ? led(template.id, 'template_changed') : answer(call, template, done.refused)
}

async function preview(call: Call): Promise<Response> {
  const template = await templateOf(call)
  const judged = await attempt(async () => {
    const wanted = { ...template, ...checked(changeTemplateInput, changesIn(call.form, template)) }
    const faults = faultsOf(wanted)
    if (faults.length > 0) throw new Refusal('invalid', faults[0]!.message, faults)
  })
  return answer(call, template, 'refused' in judged ? judged.refused : null)
}

async function remove(call: Call): Promise<Response> {
  const template = await templateOf(call)
  const done = await attempt(() => removeTemplate(call.acting, template.id))
  if ('refused' in done) return answer({ ...call, form: {} }, template, done.refused)
  return template.origin === 'own' ? seeOther(`${PATH}?notice=template_removed`) : led(template.id, 'template_restored')
}

const led = (id: string, notice: Notice): Response => seeOther(`${PATH}/${id}?notice=${notice}`)

/** The screen of one template: as it is, or with what was typed and what is wrong with it. */
async function answer(call: Call, template: KeptTemplate, refused: Refusal | null): Promise<Response> {
  const unsaved = Object.keys(call.form).length > 0
  const values = unsaved ? call.form : fieldsOfTemplate(template)
  const form: Form = refused ? refusedForm(values, refused) : emptyForm(values)
  const shown = await templateScreen(call, template, form, unsaved)
  return show(call.world, 'console/template', shown, refused ? statusOf(refused) : 200)
}

/** An empty choice means any; an empty headline, none. */
const wordsIn = (form: Record<string, string>) => ({
  name: form.name ?? '',
  headline: typed(form, 'headline') ?? null,
  body: form.body ?? '',
  severity: typed(form, 'severity') ?? null,
  status: typed(form, 'status') ?? null,
})

/** What we ship keeps its severity and status: its form does not ask for them. */
function changesIn(form: Record<string, string>, { origin }: KeptTemplate) {
  const { severity, status, ...words } = wordsIn(form)
  return origin === 'own' ? { ...words, severity, status } : words
}
