import type { Reader } from '../../db/queries/cadence.ts'
import { type TemplateRow, writtenTemplates } from '../../db/queries/message-templates.ts'
import {
  inOrder,
  type KeptTemplate,
  type MessageTemplate,
  type Situation,
  templateFor,
} from '../domain/message-template.ts'
import type { Templates } from '../templates.ts'

interface Kept {
  db: Reader
  templates: Pick<Templates, 'messages'>
}

/** Every template in order: those written here, and what is shipped under keys that nobody has changed. */
export async function messageTemplates({ db, templates }: Kept): Promise<KeptTemplate[]> {
  const shipped = new Set(templates.messages.map(({ id }) => id))
  const written = (await writtenTemplates(db)).map((row) => asWritten(row, shipped))
  const known = new Set(written.map(({ id }) => id))
  return inOrder([...written, ...templates.messages.filter(({ id }) => !known.has(id)).map(asShipped)])
}

const asWritten = (row: TemplateRow, shipped: ReadonlySet<string>): KeptTemplate => ({
  ...row,
  origin: shipped.has(row.id) ? 'changed' : 'own',
})

/** A template with the words that we ship for it. */
export const asShipped = (template: MessageTemplate): KeptTemplate => ({
  ...template,
  origin: 'shipped',
  createdAt: null,
  updatedAt: null,
})

/** The template with this id, key or name (letter case apart); null where there is none. */
export const templateNamed = (all: readonly KeptTemplate[], name: string): KeptTemplate | null =>
  all.find(({ id, key }) => id === name || key === name) ??
  all.find((each) => each.name.toLowerCase() === name.trim().toLowerCase()) ??
  null

/** The template that a situation calls for by itself. */
export const templateForSituation = async (kept: Kept, situation: Situation): Promise<KeptTemplate> =>
  templateFor(await messageTemplates(kept), situation)
