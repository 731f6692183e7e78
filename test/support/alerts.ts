import { createHmac } from 'node:crypto'
import { makeAlertSource, makeAlertSourceInput } from '../../api/actions/make-alert-source.ts'
import type { AlertSourceKind } from '../../api/domain/draft.ts'
import { webhookHeaders } from '../../api/domain/webhook-signature.ts'
import type { TestWorld } from './world.ts'

const hex = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex')

/** How each kind of source signs what it posts. */
export const signedBy = {
  grafana: (secret: string, body: string) => ({ 'x-grafana-alerting-signature': hex(secret, body) }),
  grafanaAt: (secret: string, body: string, at: Date) => {
    const timestamp = String(Math.floor(at.getTime() / 1000))
    return {
      'x-grafana-alerting-timestamp': timestamp,
      'x-grafana-alerting-signature': hex(secret, `${timestamp}:${body}`),
    }
  },
  pagerduty: (secret: string, body: string) => ({
    'x-pagerduty-signature': `v1=${hex('the one before', body)},v1=${hex(secret, body)}`,
  }),
  generic: (secret: string, body: string, at: Date) => webhookHeaders({ id: 'msg_1', at, body }, [secret]),
}

/** One alert as Alertmanager tells of it. */
export const someAlert = (name: string, startsAt: string, given: object = {}) => ({
  status: 'firing',
  labels: { alertname: name, instance: 'web-1' },
  annotations: { summary: `${name} is firing` },
  startsAt,
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.northwind.example:9090/graph?g0.expr=up',
  fingerprint: name.toLowerCase(),
  ...given,
})

/** A group as Alertmanager posts it, version 4. */
export const alertmanagerGroup = (alerts: object[], given: object = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="SignInFails"}',
  truncatedAlerts: 0,
  status: alerts.every((alert) => 'status' in alert && alert.status === 'resolved') ? 'resolved' : 'firing',
  receiver: 'sitrep',
  groupLabels: { alertname: 'SignInFails' },
  commonLabels: { alertname: 'SignInFails', severity: 'critical' },
  commonAnnotations: { summary: 'Sign-in fails for many' },
  externalURL: 'http://alertmanager.northwind.example:9093',
  alerts,
  ...given,
})

/** An event as PagerDuty posts it, version 3. */
export const pagerdutyEvent = (type: string, occurredAt: string, id = 'PGR0VU2') => ({
  event: {
    id: '01DEN4HPBQAAAG05V5QQYBRZMF',
    event_type: type,
    resource_type: 'incident',
    occurred_at: occurredAt,
    agent: { html_url: 'https://northwind.pagerduty.com/users/PLH1HKV', id: 'PLH1HKV', type: 'user_reference' },
    client: null,
    data: {
      id,
      type: 'incident',
      html_url: `https://northwind.pagerduty.com/incidents/${id}`,
      number: 2,
      status: type.split('.')[1],
      title: 'A little bump in the road',
      created_at: occurredAt,
    },
  },
})

/** Who posts alerts to this house: answers how they post. */
export async function alertSource(
  house: TestWorld,
  given: { kind: AlertSourceKind; secret?: string; mapping?: object },
) {
  const { row, key } = await makeAlertSource(
    house.acting(),
    makeAlertSourceInput.parse({ name: `The ${given.kind}`, ...given }),
  )
  let peers = 0
  const path = `/hooks/alerts/${given.kind}?key=${key}`
  const send = (body: string, headers: Record<string, string> = {}, to = path) =>
    house.app.request(
      `http://localhost:3000${to}`,
      { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } },
      // Who tries what is refused pays for it; each try of these tests comes from somebody else.
      { incoming: { socket: { remoteAddress: `198.51.100.${(peers++ % 250) + 1}` } } },
    )
  const tell = async (value: unknown, headers: Record<string, string> = {}): Promise<string | null> => {
    const answer = await send(JSON.stringify(value), headers)
    if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`)
    return (await answer.json()).draft_id
  }
  return { row, key, path, send, tell }
}
