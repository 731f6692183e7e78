import type { AlertSourcesScreen } from './alert-sources-screen.ts'
import type { AudiencesScreen } from './audiences-screen.ts'
import type { BoardScreen } from './board.ts'
import type { BriefingRuleScreen, BriefingRulesScreen } from './briefing-rules-screen.ts'
import type { BriefingScreen, BriefScreen } from './briefing-view.ts'
import type { CadenceScreen } from './cadence-screen.ts'
import type { ComponentStatus } from './component.ts'
import type { StripLine } from './console-lines.ts'
import type { IncidentStatus, Visibility } from './lifecycle.ts'
import type { MaintenanceScreen, MaintenancesScreen, PlanMaintenanceScreen } from './maintenance-screens.ts'
import type { MetricsScreen } from './metrics-screen.ts'
import type { ApiDocument } from './openapi-document.ts'
import type { AuditScreen, KeysScreen, OrganisationScreen } from './organisation-screens.ts'
import type { ReadyWords } from './ready-words.ts'
import type { Role } from './role.ts'
import type { IncidentScreen } from './room.ts'
import type { TimelineLine } from './room-crew.ts'
import type { ChoiceGroup, Form, Shell } from './screen-parts.ts'
import type { HealthLine, OnTheWay } from './service-health.ts'
import type { Severity } from './severity.ts'
import type { SubscribersScreen } from './subscribers-screen.ts'
import type { SuppressionsScreen } from './suppressions-screen.ts'
import type { TemplateScreen, TemplatesScreen } from './template-screens.ts'

/**
 * What each of the console's screens is handed: plain values, ready to print. Every time is an RFC 3339 UTC text with
 * milliseconds; words for states, roles and notices are looked up by the screen in `site/messages/console.json`.
 */

export interface SignInScreen {
  shell: Shell
  form: Form
  /** The session ended while somebody was at work. */
  ended: boolean
  /** What was typed into the form that met the ended session; posted again with the sign-in. */
  carried: { form: string; fields: Record<string, string> } | null
  /** Where to go afterwards, a path of ours. */
  returnTo: string | null
}

/** The first person and the company; `action` carries the token. */
export interface SetupScreen {
  shell: Shell
  action: string
  form: Form
}

/** An invited person chooses a password; `action` carries the token. */
export interface InvitationScreen {
  shell: Shell
  action: string
  person: { name: string; email: string }
  form: Form
}

/** Somebody got a test alert and proves that the address is theirs; `action` carries the token. */
export interface ProofScreen {
  shell: Shell
  action: string
  channel: 'email' | 'sms'
  /** Masked. */
  address: string
}

/** A plain page: refused, missing, expired, throttled, broken. */
export interface MessageScreen {
  shell: Shell
  title: string
  sentences: string[]
  link: { href: string; text: string } | null
}

export interface OpenIncident {
  id: string
  title: string
  severity: Severity
  status: IncidentStatus
  visibility: Visibility
  components: string[]
  /** Null: nobody commands. */
  commander: { name: string; isViewer: boolean } | null
  startedAt: string
  /** Null where nothing is promised. */
  dueAt: string | null
  late: boolean
  lastAlert: { at: string; to: string[] } | null
  line: StripLine
}

/** What alerts suggest to declare, as far as a list tells it. */
export interface DraftRow {
  id: string
  title: string
  source: string
  detectedAt: string
  firing: number
  alertCount: number
}

export interface HomeScreen {
  shell: Shell
  /** Nearest promise first, so the late ones lead; without a promise last. */
  incidents: OpenIncident[]
  /** Drafts that wait for a person, newest first. */
  drafts: DraftRow[]
  /** When the last incident was resolved; null when there never was one. */
  lastResolvedAt: string | null
  health: HealthLine[]
  /** By channel; empty when nothing waits. */
  onTheWay: OnTheWay[]
}

/** The whole internal timeline of an incident, page by page. */
export interface TimelineScreen {
  shell: Shell
  incident: { id: string; title: string }
  /** Newest first. */
  timeline: TimelineLine[]
  olderUrl: string | null
  /** Null when the viewer may not speak: text. */
  noting: Form | null
}

export interface DeclareScreen {
  shell: Shell
  /** What is declared comes from this draft of alerts; null where it does not. */
  draft: (DraftRow & { alerts: { title: string; url: string | null; firing: boolean }[] }) | null
  /** severity, title, visibility, body, headline, template, words_used, draft_id, started_at (`YYYY-MM-DDTHH:MM`, UTC), `component:<id>`. */
  form: Form
  groups: ChoiceGroup[]
  ready: ReadyWords
  /** How many people a first public word of each severity would reach. */
  reach: Record<Severity, number>
  /** Seconds from declaring to the first update, by severity; null where there is no such clock. */
  firstUpdateSeconds: Record<Severity, number | null>
}

export interface ComponentRecord {
  id: string
  name: string
  description: string
  groupId: string | null
  /** Set by hand. */
  status: ComponentStatus
  /** What is shown: the worst that open incidents hold, else the one set by hand. */
  shown: ComponentStatus
  heldBy: { id: string; title: string; status: ComponentStatus }[]
  /** Ids of the audiences that may see it; none: everybody. */
  audienceIds: string[]
}

export interface ComponentsScreen {
  shell: Shell
  groups: { id: string | null; name: string | null; components: ComponentRecord[] }[]
  /** Private audiences by name. */
  audiences: { id: string; name: string }[]
  /** name, description, group_id. */
  adding: Form
  /** name. */
  grouping: Form
  /** The component whose change was refused, with what was typed: status, name, description, group_id, audience_ids. */
  editing: { id: string; form: Form } | null
}

export interface PersonRow {
  id: string
  name: string
  email: string
  emailProvenAt: string | null
  phone: string | null
  phoneProvenAt: string | null
  role: Role
  active: boolean
}

export interface PeopleScreen {
  shell: Shell
  people: PersonRow[]
  /** name, email, role, phone. */
  adding: Form
  /** Shown once, directly after adding. */
  invitation: { name: string; url: string } | null
}

export interface MeScreen {
  shell: Shell
  person: PersonRow
}

export interface MailboxEntry {
  id: string
  at: string
  channel: 'email' | 'sms'
  purpose: string
  to: string
  /** The subject, or the beginning of an SMS. */
  summary: string
}

export interface MailboxMessage extends MailboxEntry {
  headers: { name: string; value: string }[]
  text: string
  /** A path of ours that answers the message's HTML alone, locked in by its own headers; null without HTML. */
  htmlUrl: string | null
}

export interface MailboxScreen {
  shell: Shell
  /** Newest first. */
  messages: MailboxEntry[]
  message: MailboxMessage | null
  /** A path to older ones. */
  olderUrl: string | null
}

/** A restored database before its release; null where nothing is held. */
export interface ReleaseScreen {
  shell: Shell
  held: { takenAt: string; restoredAt: string; openIncidents: number; waiting: number } | null
}

export interface DocsScreen {
  shell: Shell
  api: ApiDocument
}

/** Each screen by the route of the compiled site that renders it. */
export interface ConsoleScreens {
  'console/sign-in': SignInScreen
  'console/setup': SetupScreen
  'console/invitation': InvitationScreen
  'console/proof': ProofScreen
  'console/message': MessageScreen
  'console/home': HomeScreen
  'console/declare': DeclareScreen
  'console/incident': IncidentScreen
  'console/timeline': TimelineScreen
  'console/delivery': BoardScreen
  'console/brief': BriefScreen
  'console/briefing': BriefingScreen
  'console/briefing-rules': BriefingRulesScreen
  'console/briefing-rule': BriefingRuleScreen
  'console/components': ComponentsScreen
  'console/audiences': AudiencesScreen
  'console/maintenances': MaintenancesScreen
  'console/plan-maintenance': PlanMaintenanceScreen
  'console/maintenance': MaintenanceScreen
  'console/cadence': CadenceScreen
  'console/templates': TemplatesScreen
  'console/template': TemplateScreen
  'console/people': PeopleScreen
  'console/me': MeScreen
  'console/metrics': MetricsScreen
  'console/subscribers': SubscribersScreen
  'console/suppressions': SuppressionsScreen
  'console/mailbox': MailboxScreen
  'console/organisation': OrganisationScreen
  'console/keys': KeysScreen
  'console/alert-sources': AlertSourcesScreen
  'console/audit': AuditScreen
  'console/release': ReleaseScreen
  'console/docs': DocsScreen
}
