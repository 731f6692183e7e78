import type { ComponentStatus } from './component.ts'
import type { AlertState } from './ladder.ts'
import type { FieldError } from './refusal.ts'
import type { Role } from './role.ts'

/** What several of the console's screens share. Conventions as in `screens.ts`. */

/** Something that every screen must say before anything else. */
export interface Banner {
  /** `alarm`: somebody may not be reached. `hint`: worth knowing, nothing is broken. */
  kind: 'alarm' | 'hint'
  text: string
  /** Where something can be done about it. */
  link?: { href: string; text: string }
}

/** What has just been done, said once on the screen that the form leads to. */
export const NOTICES = [
  'signed_out',
  'declared',
  'recorded',
  'posted',
  'held',
  'awaits_approval',
  'approved',
  'recalled',
  'reopened',
  'retracted',
  'merged',
  'made_public',
  'corrected',
  'resent',
  'message_released',
  'message_withdrawn',
  'maintenance_planned',
  'maintenance_posted',
  'maintenance_changed',
  'maintenance_cancelled',
  'component_added',
  'component_changed',
  'component_archived',
  'group_added',
  'audience_added',
  'audience_archived',
  'link_revoked',
  'noted_for_staff',
  'cadence_changed',
  'person_added',
  'test_alert_sent',
  'proven',
  'released',
  'subscriber_erased',
  'organisation_changed',
  'key_revoked',
  'suppressed',
  'suppression_lifted',
  'draft_dismissed',
  'acknowledged',
  'snoozed',
  'alert_source_revoked',
  'handed_over',
  'roles_changed',
  'links_changed',
  'noted',
  'briefing_posted',
  'briefing_read',
  'decided',
  'rule_added',
  'rule_changed',
  'rule_removed',
  'template_added',
  'template_changed',
  'template_restored',
  'template_removed',
] as const
export type Notice = (typeof NOTICES)[number]

/** What stands around every screen. */
export interface Shell {
  /** The database's time at which the screen was made; the script counts from it, not from the device's clock. */
  now: string
  company: string
  /** Where customers see the page. */
  siteUrl: string
  /** Null before signing in. */
  viewer: { name: string; role: Role } | null
  /** What the viewer's role covers: `speak` is responder, `administer` is admin. */
  may: { speak: boolean; administer: boolean }
  banners: Banner[]
  notice: Notice | null
}

/** A form's fields by name as typed (or prefilled), and what is wrong with them. */
export interface Form {
  values: Record<string, string>
  errors: FieldError[]
}

export interface ComponentChoice {
  id: string
  name: string
  /** What is shown of it now; in a form the field is `component:<id>`. */
  status: ComponentStatus
}

export interface ChoiceGroup {
  /** Null for components outside any group. */
  name: string | null
  components: ComponentChoice[]
}

/** A rung that has been decided. */
export interface AlertSent {
  name: string
  at: string
  state: AlertState
  people: string[]
  /** Of the messages it caused: how many a carrier took, and how many failed for good. */
  accepted: number
  failed: number
}
