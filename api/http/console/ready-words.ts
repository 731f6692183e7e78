import { allComponents } from '../../../db/queries/components.ts'
import { componentsHeldBy, type Incident } from '../../../db/queries/incidents.ts'
import { organisationName } from '../../actions/choose-words.ts'
import { messageTemplates, templateNamed } from '../../actions/message-templates.ts'
import { COMPONENT_STATUSES } from '../../domain/component.ts'
import { type KeptTemplate, templateFor } from '../../domain/message-template.ts'
import { gapsIn, groupsOf, opens, type ReadyWords, withWords } from '../../domain/ready-words.ts'
import { refuseField } from '../../domain/refusal.ts'
import type { Form } from '../../domain/screen-parts.ts'
import { SEVERITIES } from '../../domain/severity.ts'
import { type KnownOfIncident, lastingFacts } from '../../domain/template-facts.ts'
import type { Call } from '../route.ts'
import { componentsIn } from './affected-fields.ts'
import { utcTime } from './forms.ts'

type Fields = Record<string, string>

/** What declaring offers to begin with. */
export const readyToDeclare = async ({ acting }: Call, form: Form): Promise<ReadyWords> =>
  readyIn((await messageTemplates(acting)).filter(opens), form)

/** What the composer offers to begin with; "no material change" has its own button. */
export const readyToPost = async ({ acting }: Call, form: Form): Promise<ReadyWords> =>
  readyIn(
    (await messageTemplates(acting)).filter(({ moment }) => moment === 'update'),
    form,
  )

const readyIn = (templates: readonly KeptTemplate[], { values }: Form): ReadyWords => ({
  groups: groupsOf(templates),
  gaps: gapsIn(`${values.headline ?? ''}\n${values.body ?? ''}`),
})

/** The declaration's fields with the words that were chosen; else with those for the severity, as far as it is known. */
export async function wordsToDeclare(call: Call, fields: Fields): Promise<Fields> {
  const all = await messageTemplates(call.acting)
  const severity = SEVERITIES.find((each) => each === fields.severity)
  const template = chosenOf(all, fields) ?? templateFor(all, { moment: 'opening', severity, status: 'investigating' })
  return withWords(fields, template, await factsWhenDeclaring(call, fields))
}

/** The composer's fields with the words that were chosen; as they are where none were. */
export async function wordsToPost(call: Call, incident: Incident, fields: Fields): Promise<Fields> {
  const template = chosenOf(await messageTemplates(call.acting), fields)
  return template ? withWords(fields, template, await factsWhenPosting(call, incident, fields)) : fields
}

function chosenOf(all: readonly KeptTemplate[], { template }: Fields): KeptTemplate | null {
  if (!template) return null
  const chosen = templateNamed(all, template)
  if (!chosen) throw refuseField('template', 'unknown', 'That template is gone; choose another.')
  return chosen
}

async function factsWhenDeclaring({ acting: { db, clock } }: Call, fields: Fields): Promise<Fields> {
  const now = await clock(db)
  const began = new Date(utcTime(fields.started_at) ?? '')
  const known = {
    title: fields.title?.trim() ?? '',
    organisation: await organisationName(db),
    components: await namedIn(db, fields),
    startedAt: Number.isNaN(began.getTime()) ? now : began,
  }
  return withoutEmpty(lastingFacts(known, now))
}

async function factsWhenPosting({ acting: { db, clock } }: Call, incident: Incident, fields: Fields): Promise<Fields> {
  const held = (await componentsHeldBy(db, [incident.id])).get(incident.id) ?? []
  const named = await namedIn(db, fields)
  const components = [...held.filter(({ id }) => !named.some((each) => each.id === id)), ...named]
  return lastingFacts({ ...incident, organisation: await organisationName(db), components }, await clock(db))
}

/** A title that is still to be written fills nothing. */
const withoutEmpty = (facts: Fields): Fields =>
  Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== ''))

async function namedIn(
  db: Call['acting']['db'],
  fields: Fields,
): Promise<(KnownOfIncident['components'][number] & { id: string })[]> {
  const wanted = new Map(componentsIn(fields).map(({ id, status }) => [id, status]))
  if (wanted.size === 0) return []
  return (await allComponents(db)).flatMap(({ id, name }) => {
    const status = COMPONENT_STATUSES.find((each) => each === wanted.get(id))
    return status ? [{ id, name, status }] : []
  })
}
