import { createHmac } from 'node:crypto'
import type { AlertSourceKind } from '../draft.ts'
import { MINUTE } from '../duration.ts'
import { sameText } from '../signature.ts'
import { isSignedWebhook } from '../webhook-signature.ts'

const hmacHex = (secret: string, text: string): string => createHmac('sha256', secret).update(text).digest('hex')

/** How far a signed time may be from ours (standards R20). */
const TOLERANCE = 5 * MINUTE
const isRecent = (seconds: string, now: Date): boolean =>
  /^\d{1,12}$/.test(seconds) && Math.abs(Number(seconds) * 1000 - now.getTime()) <= TOLERANCE

/** What a source posted, exactly as it came. */
export interface Posted {
  headers: Headers
  body: string
}

type Signs = (posted: Posted, secret: string, now: Date) => boolean

/** Sources that sign, and how; Alertmanager does not (W12). */
const SIGNED_BY: Partial<Record<AlertSourceKind, Signs>> = {
  // Over `timestamp:body` when Grafana was told this header for its timestamp, else over the body (W13).
  grafana: ({ headers, body }, secret, now) => {
    const signature = headers.get('x-grafana-alerting-signature') ?? ''
    const timestamp = headers.get('x-grafana-alerting-timestamp')
    if (timestamp === null) return sameText(signature, hmacHex(secret, body))
    return sameText(signature, hmacHex(secret, `${timestamp}:${body}`)) && isRecent(timestamp, now)
  },
  // Several while PagerDuty changes its secret; any of them counts (W14).
  pagerduty: ({ headers, body }, secret) =>
    (headers.get('x-pagerduty-signature') ?? '')
      .split(',')
      .some((each) => sameText(each.trim(), `v1=${hmacHex(secret, body)}`)),
  // Standard Webhooks (W15, W2).
  generic: ({ headers, body }, secret, now) =>
    isRecent(headers.get('webhook-timestamp') ?? '', now) && isSignedWebhook(headers, body, secret),
}

/** Whether sources of this kind can sign what they post. */
export const canSign = (kind: AlertSourceKind): boolean => SIGNED_BY[kind] !== undefined

/** Whether this was signed with the secret by a source of this kind; tells nothing by its duration. */
export const isSignedBySource = (kind: AlertSourceKind, posted: Posted, secret: string, now: Date): boolean =>
  SIGNED_BY[kind]?.(posted, secret, now) ?? false
