import { INCIDENT_STATUSES, type IncidentStatus } from './lifecycle.ts'
import { inOrder, type KeptTemplate, type Moment } from './message-template.ts'
import { filled, placeholdersIn } from './placeholders.ts'
import { INCIDENT_FACTS } from './template-facts.ts'

/** What the forms that speak offer to begin with. */
export interface ReadyWords {
  /** By moment, or by the status that they bring. */
  groups: { of: 'opening' | 'any' | IncidentStatus; options: { id: string; name: string }[] }[]
  gaps: Gaps
}

/** What of a text is not yet as it will be read. */
export interface Gaps {
  /** What a person has to fill in, by name. */
  blanks: string[]
  /** What fills itself in when it goes out. */
  facts: string[]
}

/** The gaps of a text about an incident. */
export function gapsIn(text: string): Gaps {
  const isFact = (name: string) => (INCIDENT_FACTS as readonly string[]).includes(name)
  const names = placeholdersIn(text)
  return { blanks: names.filter((name) => !isFact(name)), facts: names.filter(isFact) }
}

/** The templates that a form offers, in groups. */
export function groupsOf(templates: readonly KeptTemplate[]): ReadyWords['groups'] {
  const groups = Map.groupBy(inOrder(templates), ({ moment, status }) =>
    moment === 'opening' ? ('opening' as const) : (status ?? ('any' as const)),
  )
  return [...groups].map(([of, each]) => ({ of, options: each.map(({ id, name }) => ({ id, name })) }))
}

/** What can be the first word of an incident, as its form declares it. */
export const opens = ({ moment, status }: { moment: Moment; status: IncidentStatus | null }): boolean =>
  (moment === 'opening' || moment === 'update') && (status === null || status === INCIDENT_STATUSES[0])

type Fields = Readonly<Record<string, string>>

/** A text as forms send it, made comparable. */
const plain = (text: string | undefined): string => (text ?? '').replaceAll('\r\n', '\n').trim()

/** Whether somebody wrote words of their own over the ready ones. */
export const isOwnText = (fields: Fields): boolean =>
  plain(fields.body) !== '' && plain(fields.body) !== plain(fields.words_used)

/**
 * A form's fields with the words of a template put in. What somebody wrote themselves is never lost: ready words come
 * below it.
 */
export function withWords(fields: Fields, template: KeptTemplate, facts: Fields): Record<string, string> {
  const words = filled(template.body, facts)
  const own = isOwnText(fields)
  const headline = template.headline ? filled(template.headline, facts) : own ? (fields.headline ?? '') : ''
  return {
    ...fields,
    body: own ? `${plain(fields.body)}\n\n${words}` : words,
    words_used: words,
    headline,
    ...(template.status && { status: template.status }),
  }
}
