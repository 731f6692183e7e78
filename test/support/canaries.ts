import { getTableColumns, getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import type { Database } from '../../db/client.ts'
import * as schema from '../../db/schema.ts'

/**
 * What becomes of every column that can hold words. A new one fails the test until it has its decision here; nothing else
 * is to be done for one that outsiders may read.
 */
type Decision =
  /** Outsiders may read it. */
  | 'public'
  /** Internal, or of one audience alone: the story plants a canary in it, and no outsider may ever find one. */
  | 'canary'
  /** Internal, and holds no words of anybody: a hash, something sealed, a counter's key. Why it bears no canary. */
  | { bare: string }

/** Names that mean the same in every table: identifiers and words of closed lists, which the database checks. */
const CODED =
  /^(id|.*_ids?|.*hash|kind|state|status|severity|min_severity|audience|visibility|channel|lane|step|role|topic|source|code|enhanced_code|action|rung|actor_kind|subject_kind|events|locale|time_zone|quiet_from|quiet_to|left_month|rrule|reminders?|ended_by|meaning|duty|fan_out_cursor|address_key|consent_text_version|consent_source|updated_by|created_by|released_by|lifted_by|scope|prefix)$/

const SEALED = { bare: 'sealed, or a hash' }
const OUR_OWN = { bare: 'holds no words of people' }

export const DECISIONS: Record<string, Decision> = {
  'accounts.access_token': SEALED,
  'accounts.refresh_token': SEALED,
  'accounts.id_token': SEALED,
  'accounts.password': SEALED,
  'alert_sources.name': 'canary',
  'alert_sources.sealed_secret': SEALED,
  'alert_sources.mapping': OUR_OWN,
  'api_keys.name': 'canary',
  'approvals.outcome': OUR_OWN,
  'approvals.reason': 'canary',
  'audiences.slug': 'canary',
  'audiences.name': 'canary',
  'audit_log.actor_name': 'canary',
  'audit_log.before': 'canary',
  'audit_log.after': 'canary',
  'audit_log.ip': OUR_OWN,
  'briefing_receipts.way': OUR_OWN,
  'briefing_recipients.channels': OUR_OWN,
  'briefing_rules.to_people': OUR_OWN,
  'briefing_rules.severities': OUR_OWN,
  'briefing_rules.components': OUR_OWN,
  'briefing_rules.business_unit': { bare: 'the name of a component group, which bears its own' },
  'briefing_rules.channels': OUR_OWN,
  'briefings.headline': 'canary',
  'briefings.situation': 'canary',
  'briefings.customer_impact': 'canary',
  'briefings.business_impact': 'canary',
  'briefings.support_load': 'canary',
  'briefings.actions': 'canary',
  'briefings.confidence': OUR_OWN,
  'cadence_policies.policy': OUR_OWN,
  'channel_states.reason': OUR_OWN,
  'component_groups.name': 'canary',
  'component_groups.description': 'canary',
  'components.name': 'canary',
  'components.description': 'canary',
  'composer_drafts.form': OUR_OWN,
  'composer_drafts.fields': 'canary',
  'confirmations.address': 'canary',
  'confirmations.webhook_secret': SEALED,
  'confirmations.webhook_contact': { bare: 'told to its own owner' },
  'confirmations.nonce': OUR_OWN,
  'confirmations.consent_ip': OUR_OWN,
  'corrections.body': 'canary',
  'corrections.previous_body': 'canary',
  'corrections.reason': 'canary',
  'decisions.question': 'canary',
  'decisions.advice': 'canary',
  'decisions.answer': OUR_OWN,
  'decisions.comment': 'canary',
  'decisions.answered_by': OUR_OWN,
  'deliveries.address': 'canary',
  'deliveries.reason': { bare: 'what a carrier answered' },
  'delivery_attempts.excerpt': { bare: 'told to the owner of the endpoint' },
  'draft_alerts.fingerprint': OUR_OWN,
  'draft_alerts.title': 'canary',
  'draft_alerts.url': 'canary',
  'drafts.group_key': SEALED,
  'drafts.title': 'canary',
  'duty_rounds.process': OUR_OWN,
  'duty_rounds.trouble': OUR_OWN,
  'holding_notices.words': 'public',
  'idempotency_keys.owner': OUR_OWN,
  'idempotency_keys.key': OUR_OWN,
  'idempotency_keys.headers': SEALED,
  'idempotency_keys.body': SEALED,
  'inbound_messages.body': 'canary',
  'incidents.title': 'canary',
  'incidents.subject_title': 'canary',
  'incidents.war_room': 'canary',
  'ladder_pauses.reason': 'canary',
  'maintenance_updates.body': 'canary',
  'maintenances.title': 'canary',
  'maintenances.body': 'canary',
  'maintenances.subject_title': 'canary',
  'message_templates.key': OUR_OWN,
  'message_templates.name': 'canary',
  'message_templates.moment': OUR_OWN,
  'message_templates.headline': 'canary',
  'message_templates.body': 'canary',
  'organisation.name': 'public',
  'organisation.short_name': 'public',
  'organisation.support_url': 'public',
  'organisation.postal_address': 'public',
  'organisation.terms_url': 'public',
  'organisation.privacy_url': 'public',
  'organisation.logo_svg': 'public',
  'page_links.name': 'canary',
  'people.name': 'canary',
  'people.email': 'canary',
  'people.image': OUR_OWN,
  'people.phone': { bare: 'looked for by its digits' },
  'people.webhook_url': 'canary',
  'rate_limits.key': OUR_OWN,
  'reply_codes.sealed_code': SEALED,
  'sessions.token': SEALED,
  'sessions.ip_address': OUR_OWN,
  'sessions.user_agent': OUR_OWN,
  'site_targets.name': OUR_OWN,
  'site_targets.detail': OUR_OWN,
  'staff_replies.door': OUR_OWN,
  'staff_replies.outcome': OUR_OWN,
  'staff_replies.detail': { bare: 'answered to the person who wrote' },
  'staff_notes.text': 'canary',
  'subscribers.list': OUR_OWN,
  'subscribers.address': 'canary',
  'subscribers.consent_ip': OUR_OWN,
  'suppressions.reason': OUR_OWN,
  'timeline_entries.text': 'canary',
  'updates.headline': 'canary',
  'updates.body': 'canary',
  'updates.affected': 'canary',
  'updates.retraction_reason': 'canary',
  'updates.held_post': 'canary',
  'updates.merged_into': OUR_OWN,
  'verifications.identifier': OUR_OWN,
  'verifications.value': SEALED,
  'webhook_endpoints.secret': SEALED,
  'webhook_endpoints.old_secret': SEALED,
  'webhook_endpoints.contact': 'canary',
}

/** Every column of the schema that can hold words. */
export const wordyColumns = (): string[] =>
  Object.values(schema as Record<string, unknown>)
    .filter((each): each is PgTable => is(each, PgTable))
    .flatMap((table) =>
      Object.values(getTableColumns(table))
        .filter((column) => /text|json|char/i.test(column.getSQLType()) && !CODED.test(column.name))
        .map((column) => `${getTableName(table)}.${column.name}`),
    )

/** Columns that ought to bear a canary and bear none, so that finding none outside would prove nothing. */
export async function withoutCanary(db: Database): Promise<string[]> {
  const without: string[] = []
  for (const name of Object.keys(DECISIONS).filter((each) => DECISIONS[each] === 'canary')) {
    const [table, column] = name.split('.') as [string, string]
    const [row] = await db.execute<{ borne: boolean }>(sql`
      select exists (select from ${sql.identifier(table)}
        where ${sql.identifier(column)}::text ~* 'canary|magpie|peregrine') as borne`)
    if (!row!.borne) without.push(name)
  }
  return without
}
