import { messageTemplates } from '../../actions/message-templates.ts'
import { shorten } from '../../domain/headline.ts'
import { renderHtml, renderText } from '../../domain/markdown.ts'
import {
  blanksOf,
  factsOf,
  isOfMaintenance,
  type KeptTemplate,
  MOMENTS,
  type Moment,
} from '../../domain/message-template.ts'
import { filled } from '../../domain/placeholders.ts'
import { covers } from '../../domain/role.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { lastingFacts, maintenanceFacts, momentaryFacts } from '../../domain/template-facts.ts'
import type { TemplateRow, TemplateScreen, TemplatesScreen } from '../../domain/template-screens.ts'
import type { Call } from '../route.ts'
import { emptyForm } from './forms.ts'
import { shellOf } from './shell.ts'

/** Every template by its moment, and the form for another. */
export async function templatesScreen(
  call: Call,
  adding: Form = emptyForm({ moment: 'update' }),
): Promise<TemplatesScreen> {
  const all = await messageTemplates(call.acting)
  return {
    shell: await shellOf(call),
    mayWrite: mayWrite(call),
    moments: MOMENTS.map((moment) => ({
      moment,
      templates: all.filter((each) => each.moment === moment).map(rowOf),
    })),
    adding,
  }
}

/** One template with what stands in its form, and how that reads. */
export async function templateScreen(
  call: Call,
  template: KeptTemplate,
  form: Form,
  unsaved: boolean,
): Promise<TemplateScreen> {
  const { messages } = call.acting.templates
  const shipped = template.origin === 'changed' ? messages.find(({ id }) => id === template.id) : undefined
  return {
    shell: await shellOf(call),
    mayWrite: mayWrite(call),
    template: rowOf(template),
    facts: factsOf(template.moment),
    form,
    preview: form.errors.length > 0 ? null : previewOf(form, template.moment),
    unsaved,
    shipped: shipped ? { headline: shipped.headline, body: shipped.body } : null,
  }
}

const mayWrite = ({ acting: { actor } }: Call): boolean => actor.role !== null && covers(actor.role, 'commander')

/** A template as its form has it. */
export const fieldsOfTemplate = ({ name, severity, status, headline, body }: KeptTemplate): Record<string, string> => ({
  name,
  severity: severity ?? '',
  status: status ?? '',
  headline: headline ?? '',
  body,
})

const BEGINNING = 120

const rowOf = (template: KeptTemplate): TemplateRow => {
  const { id, name, moment, severity, status, body, origin } = template
  const begins = shorten(renderText(body).replace(/\s+/g, ' '), BEGINNING)
  return { id, name, moment, severity, status, begins, blanks: blanksOf(template), origin }
}

const EXAMPLE_AT = new Date('2026-11-12T14:52:00Z')
const minutesLater = (minutes: number) => new Date(EXAMPLE_AT.getTime() + minutes * 60_000)

/** The words with the facts of an example; what a person fills in is marked. */
function previewOf({ values }: Form, moment: Moment): TemplateScreen['preview'] {
  const facts = isOfMaintenance(moment) ? exampleOfWork() : exampleOfIncident()
  const headline = values.headline?.trim()
  return {
    headline: headline ? filled(headline, facts) : null,
    html: marked(renderHtml(filled(values.body ?? '', facts))),
  }
}

/** What is marked stands between tags: markdown writes braces in addresses otherwise. */
const marked = (html: string): string => html.replace(/\{\{[^{}<>"\n]*\}\}/g, '<mark>$&</mark>')

function exampleOfIncident() {
  const startedAt = minutesLater(-15)
  const components = [
    { name: 'Login', status: 'major_outage' as const },
    { name: 'Dashboard', status: 'partial_outage' as const },
  ]
  const known = { title: 'Sign-in fails', organisation: 'Northwind Cloud', components, startedAt }
  return { ...lastingFacts(known, EXAMPLE_AT), ...momentaryFacts(startedAt, minutesLater(15), EXAMPLE_AT) }
}

function exampleOfWork() {
  const scheduledFor = new Date('2026-11-15T14:00:00Z')
  const scheduledUntil = new Date('2026-11-15T16:00:00Z')
  return maintenanceFacts({ title: 'Storage upgrade', scheduledFor, scheduledUntil }, 'Northwind Cloud', EXAMPLE_AT)
}
