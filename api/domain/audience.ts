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
  'staff_note',
  'choice_gone',
] as const
export type AnnouncementKind = (typeof ANNOUNCEMENT_KINDS)[number]

/** What a subscriber wants to hear of an incident: every update, or opened, severity raised and resolved only. */
export const EVENTS = ['all', 'milestones'] as const
export type Events = (typeof EVENTS)[number]

/** Whose list a subscriber stands on: anybody's, or that of support and sales. The two share neither rows nor words. */
export const LISTS = ['public', 'staff'] as const
export type List = (typeof LISTS)[number]
