import { z } from 'zod'
import story from '../../db/seed/northwind.json' with { type: 'json' }
import { COMPONENT_STATUSES } from '../domain/component.ts'
import { INCIDENT_STATUSES } from '../domain/lifecycle.ts'
import { ROLES } from '../domain/role.ts'
import { SEVERITIES } from '../domain/severity.ts'

const said = z.strictObject({ after: z.number(), status: z.enum(INCIDENT_STATUSES), body: z.string() })

const storySchema = z.strictObject({
  organisation: z.string(),
  short_name: z.string(),
  contact: z.string(),
  admin: z.strictObject({ name: z.string(), email: z.string(), phone: z.string() }),
  people: z.array(
    z.strictObject({ name: z.string(), email: z.string(), role: z.enum(ROLES), phone: z.string().optional() }),
  ),
  groups: z.array(z.strictObject({ name: z.string(), components: z.array(z.string()) })),
  incidents: z.array(
    z.strictObject({
      minutes_ago: z.number(),
      title: z.string(),
      severity: z.enum(SEVERITIES),
      components: z.record(z.string(), z.enum(COMPONENT_STATUSES)),
      updates: z.array(said).min(1),
    }),
  ),
  subscribers: z.array(
    z.strictObject({
      channel: z.enum(['email', 'sms']),
      address: z.string(),
      components: z.array(z.string()).optional(),
    }),
  ),
})
export type Story = z.infer<typeof storySchema>
export type ToldIncident = Story['incidents'][number]

/** The company of `npm run demo`: its people, components, a week of incidents, and one under way. */
export const northwind = (): Story => storySchema.parse(story)
