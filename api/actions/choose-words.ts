import { z } from 'zod'
import type { Transaction } from '../../db/client.ts'
import { theOrganisation } from '../../db/queries/people.ts'
import type { IncidentStatus } from '../domain/lifecycle.ts'
import { blanksOf, isOfMaintenance, type KeptTemplate } from '../domain/message-template.ts'
import { completed, filled, type Words } from '../domain/placeholders.ts'
import { Refusal, refuseField } from '../domain/refusal.ts'
import { type KnownOfIncident, lastingFacts, momentaryFacts } from '../domain/template-facts.ts'
import type { Acting } from './acting.ts'
import { messageTemplates, templateForSituation, templateNamed } from './message-templates.ts'

/** What declaring and posting take of ready words. */
export const templateChoice = {
  /** The id or the key of a message template: it says what the request itself does not. */
  template_id: z.string().min(1).max(60).optional(),
  /** What stands in the template's blanks, by their names. */
  blanks: z.record(z.string().max(60), z.string().trim().min(1).max(1000)).optional(),
}

interface Choosing {
  template_id?: string | undefined
  blanks?: Record<string, string> | undefined
  body?: string | undefined
  headline?: string | undefined
}

/**
 * What is asked for, with the words of the template that it names, and that template for what else it says. Words of its
 * own stand.
 */
export async function withTemplate<C extends Choosing>(
  tx: Transaction,
  acting: Acting,
  input: C,
): Promise<{ input: C; template: KeptTemplate | null }> {
  if (input.template_id === undefined) {
    if (input.blanks)
      throw refuseField('blanks', 'contradiction', 'Blanks belong to a template; name it by template_id.')
    return { input, template: null }
  }
  const template = await named(tx, acting, input.template_id)
  refuseUnknownBlanks(template, input.blanks ?? {})
  const { body, headline } = filledBlanks(template, input.blanks ?? {})
  if (input.body !== undefined) return { input, template }
  return { input: { ...input, body, headline: input.headline ?? headline ?? undefined }, template }
}

const filledBlanks = ({ body, headline }: KeptTemplate, blanks: Record<string, string>): Words => ({
  body: filled(body, blanks),
  headline: headline && filled(headline, blanks),
})

async function named(tx: Transaction, acting: Acting, name: string): Promise<KeptTemplate> {
  const found = templateNamed(await messageTemplates({ ...acting, db: tx }), name)
  if (!found) throw refuseField('template_id', 'unknown', `There is no message template ${name}.`)
  if (isOfMaintenance(found.moment))
    throw refuseField('template_id', 'wrong_moment', `${found.name} is for planned work, not for incidents.`)
  return found
}

function refuseUnknownBlanks(template: KeptTemplate, blanks: Record<string, string>): void {
  const known = blanksOf(template)
  const errors = Object.keys(blanks)
    .filter((blank) => !known.includes(blank))
    .map((blank) => ({
      field: `blanks.${blank}`,
      code: 'unknown',
      message: `${template.name} has no such blank; it has ${known.join(', ') || 'none'}.`,
    }))
  if (errors.length > 0) throw new Refusal('invalid', errors[0]!.message, errors)
}

/** The words of "no material change" for an incident as it stands. */
export const wordsOfNoChange = (
  tx: Transaction,
  acting: Acting,
  { status, severity }: { status: IncidentStatus; severity: KeptTemplate['severity'] & string },
): Promise<Words> => templateForSituation({ ...acting, db: tx }, { moment: 'no_change', status, severity })

/**
 * The words as they are published: what we know fills its placeholders, and a blank that nobody filled is refused by
 * name. Words without placeholders pass as they are.
 */
export async function wordsToPublish(
  tx: Transaction,
  said: Words,
  known: Omit<KnownOfIncident, 'organisation'>,
  { dueAt, now }: { dueAt: Date | null; now: Date },
): Promise<Words> {
  if (!`${said.body}${said.headline ?? ''}`.includes('{{')) return said
  const facts = lastingFacts({ ...known, organisation: await organisationName(tx) }, now)
  const done = completed(said, { ...facts, ...momentaryFacts(known.startedAt, dueAt, now) })
  if ('errors' in done) throw new Refusal('invalid', done.errors[0]!.message, done.errors)
  return done.words
}

/** The company as templates name it; before the setup nobody has told us. */
export const organisationName = async (
  tx: Pick<Transaction, 'select' | 'selectDistinct' | 'selectDistinctOn' | 'execute'>,
) => (await theOrganisation(tx))?.name ?? 'Sitrep'
