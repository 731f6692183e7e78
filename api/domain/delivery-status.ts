import { BOUNCE_MEANINGS, type Judged, judgeBounce } from './bounce-codes.ts'
import { type Fields, fieldGroupsOf } from './report-fields.ts'

/** What a delivery status notification says of our message, which had one recipient. */
export type DeliveryStatus =
  | ({ kind: 'bounced'; words: string | null } & Judged)
  /** Delayed, relayed, delivered: worth a line in the log. */
  | { kind: 'noted'; action: string }
  /** Without the fields that RFC 3464 asks for: nobody acts on it. */
  | { kind: 'unreadable' }

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded']

/**
 * Reads the part `message/delivery-status` (RFC 3464, standards E36). Behind a list or a forward there may be several
 * recipients: it has bounced when it failed for all of them, and the mildest of their reasons decides.
 */
export function readDeliveryStatus(part: string): DeliveryStatus {
  const recipients = fieldGroupsOf(part).filter((fields) => fields.has('final-recipient'))
  if (recipients.length === 0 || !recipients.every(isComplete)) return { kind: 'unreadable' }
  const alive = recipients.map(actionOf).find((action) => action !== 'failed')
  if (alive) return { kind: 'noted', action: alive }
  const judged = recipients.map((fields) => {
    const words = fields.get('diagnostic-code') ?? null
    return { words, ...judgeBounce(codeOf(fields), words) }
  })
  const mildest = judged.toSorted((one, other) => rank(other) - rank(one))[0]!
  return { kind: 'bounced', ...mildest }
}

const rank = ({ meaning }: Judged): number => BOUNCE_MEANINGS.indexOf(meaning)

const isComplete = (fields: Fields): boolean => ACTIONS.includes(actionOf(fields)) && codeOf(fields) !== null

const actionOf = (fields: Fields): string => /^[a-z]+/i.exec(fields.get('action') ?? '')?.[0]?.toLowerCase() ?? ''

/** Some servers write a comment behind the code. */
const codeOf = (fields: Fields): string | null =>
  /^[245]\.\d{1,3}\.\d{1,3}(?![.\d])/.exec(fields.get('status') ?? '')?.[0] ?? null
