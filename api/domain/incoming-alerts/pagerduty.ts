import { z } from 'zod'
import { linkOf, type Reading, timeOf, titleOf } from './report.ts'

const event = z.object({ event_type: z.string(), occurred_at: z.string().optional() })
const incident = z.object({
  id: z.string().min(1),
  title: z.string().optional(),
  html_url: z.string().nullish().catch(null),
})

/** Reads an event of PagerDuty's webhooks, version 3 (W14): its incident is a group of one alert. */
export function readPagerduty(value: unknown): Reading {
  const read = z.object({ event: event.extend({ data: z.unknown() }) }).safeParse(value)
  if (!read.success) return null
  const { event_type: type, occurred_at: occurredAt, data } = read.data.event
  const fires = type === 'incident.triggered' || type === 'incident.reopened'
  if (!fires && type !== 'incident.resolved') return 'ignored'
  const told = incident.safeParse(data)
  if (!told.success) return null
  const { id, title, html_url: url } = told.data
  const at = timeOf(occurredAt)
  const alert = { fingerprint: id, title: titleOf(title), url: linkOf(url) }
  return {
    group: id,
    title: alert.title,
    alerts: [{ ...alert, startsAt: fires ? at : null, endsAt: fires ? null : (at ?? 'unknown') }],
  }
}
