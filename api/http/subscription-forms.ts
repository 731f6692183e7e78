import type { PreferenceForm, SubscribeForm } from '../domain/pages.ts'
import { LANGUAGES, type Language } from '../domain/pages.ts'
import { SEVERITIES } from '../domain/severity.ts'
import { FORM_CHANNELS } from '../domain/subscription-pages.ts'

/** A form's fields as they were sent. */
export type Fields = Record<string, string>

const listIn = (text: string | undefined): string[] => (text ? text.split(',') : [])

/** The form says that it asks; a client that does not know the question hears of planned work, as by default. */
const wantsMaintenance = (fields: Fields): boolean =>
  fields.asks_maintenance === undefined || fields.maintenance === 'true'

const agrees = ({ consent = '' }: Fields): boolean => ['true', 'on', '1'].includes(consent)

/** The choices as the actions take them; what was left empty is absent. */
export const preferencesIn = (fields: Fields) => ({
  components: listIn(fields.components),
  component_groups: listIn(fields.component_groups),
  min_severity: fields.min_severity || undefined,
  events: fields.events || undefined,
  maintenance: wantsMaintenance(fields),
  locale: fields.locale || undefined,
  time_zone: fields.time_zone?.trim() || undefined,
  quiet_hours: quietHoursIn(fields),
})

/** One of two hours alone is handed on, so that the other is asked for. */
const quietHoursIn = ({ quiet_from: from, quiet_to: to }: Fields) =>
  from || to ? { from: from || undefined, to: to || undefined } : undefined

/** A sign-up as the action takes it. */
export const signUpIn = (fields: Fields) => ({
  ...preferencesIn(fields),
  channel: fields.channel,
  address: fields.address ?? '',
  contact: fields.contact || undefined,
  incident_id: fields.incident_id || undefined,
  audience_token: fields.audience_token || undefined,
  consent: agrees(fields),
})

/** The language of the form, or of its answer. */
export const languageIn = (locale: string | null | undefined): Language =>
  LANGUAGES.find((language) => language === locale) ?? 'en'

/** The choices as they were typed, for showing them again. */
export const typedPreferences = (fields: Fields): PreferenceForm => ({
  components: listIn(fields.components),
  groups: listIn(fields.component_groups),
  minSeverity: SEVERITIES.find((severity) => severity === fields.min_severity) ?? 'SEV4',
  events: fields.events === 'milestones' ? 'milestones' : 'all',
  maintenance: wantsMaintenance(fields),
  locale: languageIn(fields.locale),
  timeZone: fields.time_zone?.trim() || 'Etc/UTC',
  quietFrom: fields.quiet_from ?? '',
  quietTo: fields.quiet_to ?? '',
})

/** The whole form as it was typed. */
export const typedSignUp = (fields: Fields): Omit<SubscribeForm, 'incident'> => ({
  ...typedPreferences(fields),
  channel: FORM_CHANNELS.find((channel) => channel === fields.channel) ?? 'email',
  address: fields.address ?? '',
  contact: fields.contact ?? '',
  consent: agrees(fields),
})

/** The language that a browser asks for first among ours (RFC 9110, Accept-Language), where nothing else tells. */
export function languageAsked(acceptLanguage: string | null): Language {
  const asked = (acceptLanguage ?? '')
    .split(',')
    .map((range) => {
      const [tag = '', weight] = range
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/)
      return { primary: tag.split('-')[0]!, weight: Number(weight ?? 1) }
    })
    .toSorted((one, other) => other.weight - one.weight)
  return languageIn(asked.find(({ primary }) => LANGUAGES.some((language) => language === primary))?.primary)
}
