/** Who an announcement is for. Later named private audiences join here. */
export const AUDIENCES = ['public', 'internal', 'executive'] as const
export type Audience = (typeof AUDIENCES)[number]

/** What an announcement is about; each kind has its words in `templates/`. */
export const ANNOUNCEMENT_KINDS = [
  'update',
  'correction',
  'holding_notice',
  'maintenance',
  'alert',
  'confirmation',
  'welcome',
  'test',
  'notice',
  'guard',
  'approval',
  'answer',
  'handover',
  'briefing',
  'briefing_alert',
  'decision_answer',
  'decision_reminder',
] as const
export type AnnouncementKind = (typeof ANNOUNCEMENT_KINDS)[number]

/** What a subscriber wants to hear of an incident: every update, or opened, severity raised and resolved only. */
export const EVENTS = ['all', 'milestones'] as const
export type Events = (typeof EVENTS)[number]
