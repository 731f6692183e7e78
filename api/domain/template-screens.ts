import type { IncidentStatus } from './lifecycle.ts'
import type { Moment, TemplateOrigin } from './message-template.ts'
import type { Form, Shell } from './screen-parts.ts'
import type { Severity } from './severity.ts'

/** What the console's screens about message templates are handed. Conventions as in `screens.ts`. */

export interface TemplateRow {
  id: string
  name: string
  moment: Moment
  severity: Severity | null
  status: IncidentStatus | null
  /** The beginning of its words. */
  begins: string
  /** What a person has to fill in. */
  blanks: string[]
  origin: TemplateOrigin
}

export interface TemplatesScreen {
  shell: Shell
  mayWrite: boolean
  moments: { moment: Moment; templates: TemplateRow[] }[]
  /** name, moment, severity, status, headline, body. */
  adding: Form
}

export interface TemplateScreen {
  shell: Shell
  mayWrite: boolean
  template: TemplateRow
  /** The facts that fill themselves in. */
  facts: readonly string[]
  /** name, severity, status, headline, body. */
  form: Form
  /** How the words read with an example; null where they cannot be read. HTML is sanitised. */
  preview: { headline: string | null; html: string } | null
  /** What is previewed stands in the form alone. */
  unsaved: boolean
  /** The words as shipped, where these are others. */
  shipped: { headline: string | null; body: string } | null
}
