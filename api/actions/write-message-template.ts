import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { newId } from '../../db/ids.ts'
import { audit } from '../../db/queries/audit.ts'
import { dropTemplate, keepTemplate, lockTemplates } from '../../db/queries/message-templates.ts'
import { faultsOf, type KeptTemplate, type MessageTemplate, templateFields } from '../domain/message-template.ts'
import { type FieldError, Refusal, refuseConflict, refuseField, refuseMissing } from '../domain/refusal.ts'
import type { Acting } from './acting.ts'
import { messageTemplates } from './message-templates.ts'

const { key, audience, name, moment, severity, status, headline, body } = templateFields

/** What a new template takes. Without a key it has one made from its name. */
export const addTemplateInput = z.strictObject({
  name,
  moment,
  body,
  audience: audience.optional(),
  key: key.optional(),
  severity: severity.optional(),
  status: status.optional(),
  headline: headline.optional(),
})
export type AddTemplate = z.infer<typeof addTemplateInput>

/** What may change of a template. Its key, audience and moment stay; of shipped ones severity and status too. */
export const changeTemplateInput = z.strictObject({ name, body, severity, status, headline }).partial()
export type ChangeTemplate = z.infer<typeof changeTemplateInput>

/** Adds ready words of one's own. */
export const addTemplate = (acting: Acting, input: AddTemplate): Promise<KeptTemplate> =>
  acting.db.transaction(async (tx) => {
    await lockTemplates(tx)
    const now = await acting.clock(tx)
    const id = newId()
    const wanted = {
      id,
      key: input.key ?? (keyOf(input.name) || id),
      audience: input.audience ?? 'public',
      name: input.name,
      moment: input.moment,
      severity: input.severity ?? null,
      status: input.status ?? null,
      headline: input.headline ?? null,
      body: input.body,
    }
    await refuseFaulty(tx, acting, wanted)
    await keepTemplate(tx, { ...wanted, createdAt: now, updatedAt: now })
    await audit(tx, acting.actor, { action: 'message_template.added', subject: subjectOf(id), after: { ...wanted } })
    return { ...wanted, origin: 'own', createdAt: now, updatedAt: now }
  })

/** `Over at last` → `over_at_last`; empty where a name has no such letter. */
const keyOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')

const subjectOf = (id: string) => ({ kind: 'message_template', id })

/** Changes the words of a template; a shipped one is kept aside, and comes back when the changed one is taken away. */
export const changeTemplate = (acting: Acting, id: string, input: ChangeTemplate): Promise<KeptTemplate> =>
  acting.db.transaction(async (tx) => {
    await lockTemplates(tx)
    const before = await existing(tx, acting, id)
    refuseFixed(before, input)
    const { origin, createdAt, updatedAt: _, ...words } = before
    const wanted = { ...words, ...given(input) }
    await refuseFaulty(tx, acting, wanted)
    const now = await acting.clock(tx)
    const kept = { ...wanted, createdAt: createdAt ?? now, updatedAt: now }
    await keepTemplate(tx, kept)
    await audit(tx, acting.actor, {
      action: 'message_template.changed',
      subject: subjectOf(id),
      before: { ...words },
      after: { ...wanted },
    })
    return { ...kept, origin: origin === 'own' ? 'own' : 'changed' }
  })

/** The fields that were given; absent means unchanged. */
const given = (input: ChangeTemplate) =>
  Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as ChangeTemplate & object

/** Takes a template away; of a shipped one its own words come back. */
export const removeTemplate = (acting: Acting, id: string): Promise<void> =>
  acting.db.transaction(async (tx) => {
    await lockTemplates(tx)
    const { origin, createdAt: _, updatedAt: __, ...words } = await existing(tx, acting, id)
    if (origin === 'shipped')
      throw refuseConflict('shipped', 'These are the words that Sitrep came with; there is nothing to take back.')
    const shipped = acting.templates.messages.find((each) => each.id === id)
    if (shipped) await refuseTaken(tx, acting, shipped)
    await dropTemplate(tx, id)
    await audit(tx, acting.actor, {
      action: origin === 'own' ? 'message_template.removed' : 'message_template.restored',
      subject: subjectOf(id),
      before: { ...words },
    })
  })

async function existing(tx: Transaction, acting: Acting, id: string): Promise<KeptTemplate> {
  const found = (await messageTemplates({ ...acting, db: tx })).find((each) => each.id === id)
  if (!found) throw refuseMissing('message template')
  return found
}

/** What a moment falls back on stays fit for it. */
function refuseFixed(before: KeptTemplate, input: ChangeTemplate): void {
  if (before.origin === 'own') return
  for (const field of ['severity', 'status'] as const)
    if (input[field] !== undefined && input[field] !== before[field])
      throw refuseField(field, 'fixed', 'What Sitrep comes with keeps this; add a template of your own instead.')
}

async function refuseFaulty(tx: Transaction, acting: Acting, wanted: MessageTemplate): Promise<void> {
  const errors = [...faultsOf(wanted), ...(await takenBy(tx, acting, wanted))]
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
}

async function refuseTaken(tx: Transaction, acting: Acting, wanted: MessageTemplate): Promise<void> {
  const [error] = await takenBy(tx, acting, wanted)
  if (error) throw refuseConflict('taken', error.message, error.field)
}

async function takenBy(tx: Transaction, acting: Acting, wanted: MessageTemplate): Promise<FieldError[]> {
  const others = (await messageTemplates({ ...acting, db: tx })).filter(({ id }) => id !== wanted.id)
  const named = others.find((each) => each.name.toLowerCase() === wanted.name.toLowerCase())
  const keyed = others.find((each) => each.key === wanted.key)
  return [
    ...(named ? [taken('name', `There is a template named ${named.name} already; give this one another name.`)] : []),
    ...(keyed ? [taken('key', `There is a template with the key ${wanted.key} already; give this one another.`)] : []),
  ]
}

const taken = (field: string, message: string): FieldError => ({ field, code: 'taken', message })
