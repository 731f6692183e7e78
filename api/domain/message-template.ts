import { z } from 'zod'
import { INCIDENT_STATUSES, type IncidentStatus } from './lifecycle.ts'
import { bodyText, oneLine } from './names.ts'
import { blanksLeft, malformedIn, placeholdersIn } from './placeholders.ts'
import type { FieldError } from './refusal.ts'
import { SEVERITIES, type Severity } from './severity.ts'
import { INCIDENT_FACTS, MAINTENANCE_FACTS, PROMISED_FACT } from './template-facts.ts'

/** Who the words are for. */
export const TEMPLATE_AUDIENCES = ['public'] as const
export type TemplateAudience = (typeof TEMPLATE_AUDIENCES)[number]

/** When they are said. Those of planned work and "no material change" go out as they stand: nobody edits them first. */
export const MOMENTS = [
  'opening',
  'update',
  'no_change',
  'maintenance_reminder',
  'maintenance_moved',
  'maintenance_started',
  'maintenance_overrun',
  'maintenance_completed',
] as const
export type Moment = (typeof MOMENTS)[number]
export type MaintenanceMoment = Extract<Moment, `maintenance_${string}`>

export const isOfMaintenance = (moment: Moment): moment is MaintenanceMoment => moment.startsWith('maintenance_')
const goesOutAsItStands = (moment: Moment): boolean => moment === 'no_change' || isOfMaintenance(moment)

/** Ready words for a moment. */
export interface MessageTemplate {
  id: string
  /** What programs and the command line call it; the name of the file where it is shipped. */
  key: string
  audience: TemplateAudience
  name: string
  moment: Moment
  /** Only for incidents of this severity; null for any. */
  severity: Severity | null
  /** The status that the update sets; of "no material change", the one that holds. Null for any. */
  status: IncidentStatus | null
  headline: string | null
  body: string
}

/** `shipped`: as it came with Sitrep. `changed`: shipped, with other words. `own`: written here. */
export type TemplateOrigin = 'shipped' | 'changed' | 'own'
export interface KeptTemplate extends MessageTemplate {
  origin: TemplateOrigin
  /** Null while it is as shipped. */
  createdAt: Date | null
  updatedAt: Date | null
}

/** Room for facts and blanks is left: the update that comes of it may be longer. */
export const templateFields = {
  key: z.string().regex(/^[a-z0-9_]{1,60}$/, { error: 'Use 1 to 60 characters: a–z, 0–9 and _.' }),
  audience: z.enum(TEMPLATE_AUDIENCES),
  name: oneLine(60),
  moment: z.enum(MOMENTS),
  severity: z.enum(SEVERITIES).nullable(),
  status: z.enum(INCIDENT_STATUSES).nullable(),
  headline: oneLine(90).nullable(),
  body: bodyText(4000),
}

/** The facts that fill themselves in at this moment. */
export const factsOf = (moment: Moment): readonly string[] =>
  isOfMaintenance(moment) ? MAINTENANCE_FACTS : INCIDENT_FACTS

/** What a person has to fill in before these words can go out. */
export const blanksOf = ({ moment, headline, body }: Pick<MessageTemplate, 'moment' | 'headline' | 'body'>): string[] =>
  placeholdersIn(`${headline ?? ''}\n${body}`).filter((name) => !factsOf(moment).includes(name))

type Judged = Pick<MessageTemplate, 'moment' | 'severity' | 'status' | 'headline' | 'body'>

/** What is wrong with a template beyond its single fields. */
export function faultsOf(template: Judged): FieldError[] {
  const { moment, severity, status, headline, body } = template
  return [
    ...faultsInText('headline', headline ?? '', moment),
    ...faultsInText('body', body, moment),
    ...(moment === 'opening' && status === 'resolved'
      ? [fault('status', 'contradiction', 'What has been resolved already is not declared.')]
      : []),
    ...(isOfMaintenance(moment) && severity !== null
      ? [fault('severity', 'contradiction', 'Planned work has no severity; leave it out.')]
      : []),
    ...(isOfMaintenance(moment) && status !== null
      ? [fault('status', 'contradiction', 'Planned work has no such status; leave it out.')]
      : []),
  ]
}

const fault = (field: string, code: string, message: string): FieldError => ({ field, code, message })

function faultsInText(field: string, text: string, moment: Moment): FieldError[] {
  const broken = malformedIn(text)
  if (broken !== null)
    return [
      fault(
        field,
        'placeholder_malformed',
        `${broken} is no placeholder: write {{a name of at most 60 characters}}, in one line; there are no tags.`,
      ),
    ]
  if (!goesOutAsItStands(moment)) return []
  const always = Object.fromEntries(factsOf(moment).map((name) => [name, '']))
  delete always[PROMISED_FACT]
  return blanksLeft(field, text, always).map((error) => ({
    ...error,
    code: 'blank_not_allowed',
    message: error.message.replace(/, or take it out.*/, ' here: these words go out as they stand.'),
  }))
}

/** In the order of moments; of one moment the status first in the life of an incident, then the worst severity. */
export const inOrder = <T extends MessageTemplate>(templates: readonly T[]): T[] =>
  templates.toSorted(
    (one, other) =>
      MOMENTS.indexOf(one.moment) - MOMENTS.indexOf(other.moment) ||
      rank(INCIDENT_STATUSES, one.status) - rank(INCIDENT_STATUSES, other.status) ||
      rank(SEVERITIES, one.severity) - rank(SEVERITIES, other.severity) ||
      Number(one.key > other.key) - Number(one.key < other.key),
  )

/** For any comes before what is for one. */
const rank = <W extends string>(words: readonly W[], word: W | null): number =>
  word === null ? -1 : words.indexOf(word)

export interface Situation {
  moment: Moment
  severity?: Severity | undefined
  status?: IncidentStatus | undefined
}

/**
 * The template that a situation calls for by itself: what is made for its severity and status before what is for any, and
 * what we ship (changed or not) before what was written beside it.
 */
export function templateFor(templates: readonly KeptTemplate[], { moment, severity, status }: Situation): KeptTemplate {
  const fits = templates.filter(
    (each) =>
      each.moment === moment &&
      (each.severity === null || each.severity === severity) &&
      (each.status === null || each.status === status),
  )
  const worth = (each: KeptTemplate) =>
    Number(each.severity !== null) * 4 + Number(each.status !== null) * 2 + Number(each.origin !== 'own')
  const [best] = inOrder(fits).toSorted((one, other) => worth(other) - worth(one))
  if (!best) throw new Error(`No template is shipped for ${moment}.`)
  return best
}
