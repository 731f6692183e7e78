import { z } from 'zod'
import { CONFIDENCES, DECISION_ANSWERS, UNKNOWN } from './briefing.ts'
import { COMPONENT_STATUSES } from './component.ts'
import { INCIDENT_STATUSES, VISIBILITIES } from './lifecycle.ts'
import { MAINTENANCE_STATUSES } from './maintenance.ts'
import { IMPACTS, SEVERITIES } from './severity.ts'
import { STAFF_NOTE_KINDS } from './staff-note.ts'

const time = z.iso.datetime()
const severity = z.enum(SEVERITIES)
const indicator = z.enum([...IMPACTS, 'maintenance'])

const component = z.strictObject({
  id: z.string(),
  name: z.string(),
  status: z.enum(COMPONENT_STATUSES),
  created_at: time,
  updated_at: time,
  position: z.int(),
  description: z.string().nullable(),
  showcase: z.boolean(),
  start_date: z.string().nullable(),
  group_id: z.string().nullable(),
  page_id: z.string(),
  group: z.boolean(),
  only_show_if_degraded: z.boolean(),
})

const change = z.strictObject({
  code: z.string().describe("The component's id"),
  name: z.string(),
  old_status: z.enum(COMPONENT_STATUSES),
  new_status: z.enum(COMPONENT_STATUSES),
})

/** A status that maintenance has in Statuspage's shape, which knows nothing of `cancelled`. */
const maintenanceStatus = z.enum(MAINTENANCE_STATUSES).exclude(['cancelled'])

const updateOf = <Status extends z.ZodType>(status: Status) =>
  z.strictObject({
    id: z.string(),
    status,
    body: z.string(),
    incident_id: z.string(),
    created_at: time,
    updated_at: time.describe('Moves with a correction'),
    display_at: time,
    affected_components: z.array(change).nullable(),
    deliver_notifications: z.boolean(),
    custom_tweet: z.null(),
    tweet_id: z.null(),
  })

const embedded = z.strictObject({
  id: z.string(),
  name: z.string(),
  created_at: time,
  updated_at: time,
  monitoring_at: time.nullable(),
  resolved_at: time.nullable(),
  impact: indicator,
  shortlink: z.url(),
  started_at: time,
  page_id: z.string(),
  components: z.array(component).describe('Those it holds; left out where the event would exceed 20 kB'),
})

const incident = embedded.extend({
  status: z.enum(INCIDENT_STATUSES),
  incident_updates: z.array(updateOf(z.enum(INCIDENT_STATUSES))).describe('Newest first'),
})

const maintenance = embedded.extend({
  status: maintenanceStatus,
  incident_updates: z.array(updateOf(maintenanceStatus)).describe('Newest first'),
  scheduled_for: time,
  scheduled_until: time,
})

/** What every event of the page has: Statuspage's webhook shape (contract section 6). */
const event = z.strictObject({
  meta: z.strictObject({
    unsubscribe: z.url().describe('Ends the subscription, by POST'),
    documentation: z.url(),
    manage: z.url().describe("The endpoint's answers, its secret and its log"),
  }),
  page: z.strictObject({ id: z.string(), status_indicator: indicator, status_description: z.string() }),
})

const staffNote = z.strictObject({
  id: z.string(),
  kind: z.enum(STAFF_NOTE_KINDS),
  text: z.string().describe('As it was typed'),
  by: z.string().nullable(),
  created_at: time,
  incident: z.strictObject({
    id: z.string(),
    name: z.string(),
    severity,
    status: z.enum(INCIDENT_STATUSES),
    visibility: z.enum(VISIBILITIES),
    url: z.url(),
  }),
})

const alerted = z.strictObject({
  incident_id: z.string(),
  title: z.string(),
  severity,
  rung: z.string(),
  late: z.boolean(),
  minutes: z.int().describe('Until the promise is due, or since'),
  url: z.url(),
})
const silence = alerted.extend({ commander: z.string().nullable() })
const briefingSilence = alerted.extend({ due_at: time })

const decided = z.strictObject({
  incident_id: z.string(),
  title: z.string(),
  severity,
  seq: z.int().describe("The briefing's"),
  question: z.string(),
  url: z.url(),
})
const decisionAnswer = decided.extend({
  answer: z.enum(DECISION_ANSWERS).nullable(),
  comment: z.string().nullable(),
  by: z.string(),
})
const decisionReminder = decided.extend({ person: z.string(), due_at: time })

const briefing = z.strictObject({
  incident_id: z.string(),
  id: z.string(),
  title: z.string(),
  seq: z.int(),
  severity,
  status: z.enum(INCIDENT_STATUSES),
  headline: z.string(),
  situation: z.string(),
  customer_impact: z.string(),
  customers_affected: z.union([z.int(), z.literal(UNKNOWN)]),
  business_impact: z.string(),
  support_load: z.string(),
  actions: z.union([z.array(z.strictObject({ what: z.string(), owner: z.string() })), z.literal(UNKNOWN)]),
  eta: z.union([time, z.literal(UNKNOWN)]),
  confidence: z.enum(CONFIDENCES),
  decision_needed: z
    .strictObject({ question: z.string(), by_person_id: z.string(), by: time, advice: z.string() })
    .nullable(),
  published_at: time,
  next_briefing_due_at: time.nullable(),
  url: z.url(),
})

const text = z.string().describe('One line for people, which chat tools show')

/** Every body that a webhook may have, by its `type`: what builds them is typed by this, and the API's description shows it. */
export const WEBHOOKS = {
  'subscription.challenge': {
    summary:
      'Asks an address that was signed up whether it wants to hear from us: answer 200 with the challenge as body',
    body: z.strictObject({
      type: z.literal('subscription.challenge'),
      challenge: z.string(),
      secret: z.string().describe('Signs everything that follows: whsec_…'),
    }),
  },
  'incident.update': {
    summary: 'An incident was opened, updated, resolved, retracted (impact `none`) or reopened',
    body: event.extend({ type: z.literal('incident.update'), incident }),
  },
  'incident.correction': {
    summary: 'Words that were published were corrected; `incident_updates` holds what they read now',
    body: event.extend({ type: z.literal('incident.correction'), incident }),
  },
  'incident.holding_notice': {
    summary: 'A promised update is late, and this was said by itself meanwhile; the incident is as it was last told',
    body: event.extend({
      type: z.literal('incident.holding_notice'),
      incident,
      holding_notice: z.strictObject({ id: z.string(), automatic: z.boolean(), body: z.string(), published_at: time }),
    }),
  },
  'incident.merged': {
    summary: 'An incident turned out to be part of another one: it is resolved, and goes on there',
    body: event.extend({
      type: z.literal('incident.merged'),
      incident,
      merged_into: z
        .strictObject({ id: z.string(), shortlink: z.url() })
        .nullable()
        .describe('Null where the reader may not see the other one'),
    }),
  },
  'maintenance.update': {
    summary: 'Planned work was announced, moved, begun, extended, completed or called off',
    body: event.extend({ type: z.literal('maintenance.update'), incident: maintenance }),
  },
  'maintenance.reminder': {
    summary: 'Planned work is near',
    body: event.extend({ type: z.literal('maintenance.reminder'), incident: maintenance }),
  },
  'staff.note': {
    summary: 'A note, an answer for customers or a workaround, to endpoints that were subscribed on the staff page',
    body: z.strictObject({ type: z.literal('staff.note'), meta: event.shape.meta, staff_note: staffNote }),
  },
  alert: {
    summary: 'To a member of staff: a promise falls due, a message waits for confirmation, a decision was answered',
    body: z.strictObject({
      type: z.literal('alert'),
      text,
      alert: z.union([silence, briefingSilence, decisionAnswer]).optional(),
    }),
  },
  briefing: {
    summary: 'To an executive: a briefing, or a decision that waits for an answer',
    body: z.strictObject({ type: z.literal('briefing'), text, briefing: z.union([briefing, decisionReminder]) }),
  },
  test: {
    summary: 'To a member of staff: a test alert',
    body: z.strictObject({ type: z.literal('test'), text }),
  },
} as const

export type WebhookType = keyof typeof WEBHOOKS
export type WebhookBody<Type extends WebhookType = WebhookType> = z.input<(typeof WEBHOOKS)[Type]['body']>

/** The text that is signed and sent. */
export const webhookText = (body: WebhookBody): string => JSON.stringify(body)

export type SilenceTold = z.input<typeof silence>
export type BriefingSilenceTold = z.input<typeof briefingSilence>
export type DecisionAnswerTold = z.input<typeof decisionAnswer>
export type DecisionReminderTold = z.input<typeof decisionReminder>
export type BriefingTold = z.input<typeof briefing>
