import type { Company, Followed, FormChannel, SubscribeForm } from '../api/domain/pages.ts'
import type { FieldError } from '../api/domain/refusal.ts'
import { escapeHtml, h, isMessage, language, type Markup, t } from './words.ts'

const link = (url: string | null, words: string): Markup => ({
  html: url ? `<a href="${escapeHtml(url)}">${escapeHtml(words)}</a>` : escapeHtml(words),
})

/** Terms and privacy beside the consent box, as links where the company has given their addresses (standards S20). */
export const consentTerms = (company: Company): string =>
  h('consent_terms', {
    terms: link(company.termsUrl, t('terms')),
    privacy: link(company.privacyUrl, t('privacy')),
    company: company.name,
  }).html

/** A form as it is first shown: everything by mail and webhook; by SMS the milestones alone, and no tick before consent. */
export const freshForm = (channel: FormChannel, incident: Followed | null = null): SubscribeForm => ({
  channel,
  address: '',
  components: [],
  groups: [],
  minSeverity: 'SEV4',
  events: channel === 'sms' ? 'milestones' : 'all',
  maintenance: true,
  locale: language(),
  timeZone: 'Etc/UTC',
  quietFrom: '',
  quietTo: '',
  consent: false,
  contact: '',
  incident,
})

/** What is wrong with a field, in the language of the page where it has the words. */
export function errorWords({ field, code, message }: FieldError): string {
  const [top] = field.split('.')
  const key = [`error_${code}`, `error_${top}`].find(isMessage)
  return key ? t(key) : message
}

/** Where on the page the control of a refused field is: those of a list or a pair share their fieldset's. */
export const controlOf = (field: string): string => {
  const [top = ''] = field.split('.')
  return top === 'component_groups' ? 'components' : top
}
