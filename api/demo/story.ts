import { z } from 'zod'
import story from '../../db/seed/northwind.json' with { type: 'json' }
import { answerDecisionInput } from '../actions/answer-decision.ts'
import { postBriefingInput } from '../actions/briefing-fields.ts'
import { briefingRuleSchema } from '../actions/change-briefing-rules.ts'
import { COMPONENT_STATUSES } from '../domain/component.ts'
import { INCIDENT_STATUSES } from '../domain/lifecycle.ts'
import { ROLES } from '../domain/role.ts'
import { SEVERITIES } from '../domain/severity.ts'

const clockTime = z.string().regex(/^\d\d:\d\d$/)

/** A time of day, UTC, some days before today; or some minutes before now. */
const past = z.union([
  z.strictObject({ days_ago: z.int().min(1), at: clockTime }),
  z.strictObject({ minutes_ago: z.int().min(0) }),
])
export type Past = z.infer<typeof past>

/** `after`: minutes since the beginning. */
const corrected = z.strictObject({ after: z.number(), body: z.string(), reason: z.string() })
const said = z.strictObject({
  after: z.number(),
  status: z.enum(INCIDENT_STATUSES),
  body: z.string(),
  corrected: corrected.optional(),
})

/** What executives were told; every `after` counts minutes since the beginning. */
const briefed = z.strictObject({
  after: z.number(),
  said: postBriefingInput.omit({ eta: true, decision_needed: true }),
  /** When it should be over; unknown where it is not said. */
  over_after: z.number().optional(),
  decision: z
    .strictObject({
      question: z.string(),
      by: z.string(),
      due_after: z.number(),
      advice: z.string(),
      answered: answerDecisionInput.extend({ after: z.number() }),
    })
    .optional(),
  read: z.array(z.strictObject({ by: z.string(), after: z.number() })),
})
export type ToldBriefing = z.infer<typeof briefed>

const incident = z.strictObject({
  when: past,
  /** For how many minutes customers had noticed before we spoke. */
  noticed: z.int().min(0).default(6),
  title: z.string(),
  severity: z.enum(SEVERITIES),
  components: z.record(z.string(), z.enum(COMPONENT_STATUSES)),
  updates: z.array(said).min(1),
  briefings: z.array(briefed).default([]),
})
export type ToldIncident = z.infer<typeof incident>

const maintenance = z.strictObject({
  planned: past,
  starts: z.strictObject({ days_ahead: z.int(), at: clockTime }),
  minutes: z.int().positive(),
  title: z.string(),
  body: z.string(),
  components: z.array(z.string()),
  rrule: z.string().optional(),
  updates: z.array(
    z.strictObject({ after: z.number(), status: z.enum(['in_progress', 'verifying', 'completed']), body: z.string() }),
  ),
})
export type ToldMaintenance = z.infer<typeof maintenance>

const storySchema = z.strictObject({
  organisation: z.string(),
  short_name: z.string(),
  contact: z.string(),
  admin: z.strictObject({ name: z.string(), email: z.string(), phone: z.string() }),
  people: z.array(
    z.strictObject({ name: z.string(), email: z.string(), role: z.enum(ROLES), phone: z.string().optional() }),
  ),
  /** Of people by name. */
  briefing_rules: z.array(briefingRuleSchema.extend({ to: z.array(z.string()) })),
  groups: z.array(z.strictObject({ name: z.string(), components: z.array(z.string()) })),
  joined_later: z.array(z.strictObject({ name: z.string(), group: z.string(), when: past })),
  incidents: z.array(incident),
  maintenances: z.array(maintenance),
  subscribers: z.array(
    z.strictObject({
      channel: z.enum(['email', 'sms']),
      address: z.string(),
      components: z.array(z.string()).optional(),
    }),
  ),
})
export type Story = z.infer<typeof storySchema>

/** The company of `npm run demo`: its people, its components, ninety days of what happened, and one incident under way. */
export const northwind = (): Story => storySchema.parse(story)
