import type { Company, FormChannel, SubscribeForm } from '../api/domain/pages.ts'
import { escapeHtml, h, type Markup, t } from './words.ts'

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
export const freshForm = (channel: FormChannel): SubscribeForm => ({
  channel,
  address: '',
  components: [],
  minSeverity: 'SEV4',
  events: channel === 'sms' ? 'milestones' : 'all',
  maintenance: true,
  consent: false,
  contact: '',
})
