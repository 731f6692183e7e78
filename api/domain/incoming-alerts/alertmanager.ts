import { z } from 'zod'
import { linkOf, type Reading, timeOf, titleOf } from './report.ts'

/** More alerts than one message is read for; what is beyond comes with the next message of its group. */
const MOST_ALERTS = 2000

const words = z.record(z.string(), z.string()).catch({})

const message = z.object({
  groupKey: z.string().min(1),
  title: z.string().optional().catch(undefined),
  commonLabels: words,
  commonAnnotations: words,
  alerts: z.array(
    z.object({
      status: z.string(),
      labels: words,
      annotations: words,
      startsAt: z.string().optional(),
      endsAt: z.string().optional(),
      generatorURL: z.string().optional().catch(undefined),
      fingerprint: z.string().min(1).optional(),
    }),
  ),
})
type Alert = z.infer<typeof message>['alerts'][number]

/** Reads a group as Alertmanager posts it (webhook version 4, W12); Grafana posts the same and a few fields more (W13). */
export function readAlertmanager(value: unknown): Reading {
  const read = message.safeParse(value)
  if (!read.success) return null
  const { groupKey, title, commonLabels, commonAnnotations, alerts } = read.data
  const known = alerts.filter(({ status }) => status === 'firing' || status === 'resolved').slice(0, MOST_ALERTS)
  if (known.length === 0) return 'ignored'
  return {
    group: groupKey,
    title: titleOf(commonAnnotations.summary, commonLabels.alertname, known[0]!.annotations.summary, title),
    alerts: known.map(alertOf),
  }
}

const alertOf = (alert: Alert) => ({
  // Made of the labels, which are what an alert is known by.
  fingerprint: alert.fingerprint ?? JSON.stringify(Object.entries(alert.labels).toSorted()),
  title: titleOf(alert.annotations.summary, alert.labels.alertname, alert.annotations.description),
  url: linkOf(alert.generatorURL),
  startsAt: timeOf(alert.startsAt),
  endsAt: alert.status === 'firing' ? null : (timeOf(alert.endsAt) ?? ('unknown' as const)),
})
